"""What is raised where a reel cannot answer."""

from __future__ import annotations


class ReelError(Exception):
    """A reel that cannot be read, or a question that it cannot answer."""
