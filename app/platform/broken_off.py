"""A stream whose connection was lost; apart from what reads requests, which loads the framework."""


class BrokenOff(Exception):
    """Raised by a stream of bytes whose connection was lost."""
