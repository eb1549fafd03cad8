"""Scaffold a new plugin: a working distribution with code and tests for each kind, as a starting point."""
