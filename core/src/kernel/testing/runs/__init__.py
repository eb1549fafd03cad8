"""Checks of components, commands, loggers, launchers, updaters, callbacks, names and import cost."""
