"""The plugin host: discovery, selection, tables of registered names."""
