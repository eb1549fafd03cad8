"""Checks of what reads, makes or scores documents."""
