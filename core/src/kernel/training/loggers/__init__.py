"""Loggers: the config's logger, guarded against its errors, and the run's own log."""
