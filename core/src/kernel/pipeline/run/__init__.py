"""Running a pipeline: prediction, updates and what they share."""
