"""What happens when a pipeline predicts or is updated."""
