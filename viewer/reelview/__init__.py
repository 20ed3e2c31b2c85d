"""The desktop viewer of a reel."""
