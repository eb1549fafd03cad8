"""Checks of components, commands, loggers, launchers, updaters and callbacks."""
