"""The plugin host: discovery, selection, and the tables of registered names."""
