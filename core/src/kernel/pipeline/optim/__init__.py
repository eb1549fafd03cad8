"""Optimizers, parameter groups and losses."""
