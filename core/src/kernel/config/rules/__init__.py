"""The rules that a config must follow: schema, types, kinds, names."""
