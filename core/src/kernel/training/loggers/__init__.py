"""The logger of a run, guarded, and the run's own log."""
