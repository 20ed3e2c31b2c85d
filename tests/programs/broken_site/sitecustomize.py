"""A user's site customisation with a fault in it."""

raise ValueError("a fault of the user's own")
