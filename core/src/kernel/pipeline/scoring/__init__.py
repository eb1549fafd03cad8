"""How predictions are measured against gold annotation: one module for each sort of annotation."""
