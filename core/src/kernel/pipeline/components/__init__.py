"""Components: their base classes, factories, sourcing and listeners."""
