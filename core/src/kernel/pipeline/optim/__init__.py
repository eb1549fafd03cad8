"""Optimizers, groups of parameters, losses."""
