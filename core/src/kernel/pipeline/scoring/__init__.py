"""Score predictions against gold annotation; one module per type of annotation."""
