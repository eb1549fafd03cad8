"""What a config may say: schema, types, kinds, names."""
