"""The pipeline: ordered components, how they predict, learn, and are saved."""
