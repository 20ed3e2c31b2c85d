"""What a person who records can mend."""


class LaunchError(Exception):
    """The program could not be started, or its reel not written; the message says what to do."""
