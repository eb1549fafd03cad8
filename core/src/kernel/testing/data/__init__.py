"""Checks of plugins that read, create or score documents."""
