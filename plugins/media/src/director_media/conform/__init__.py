"""Conforming: the takes of a film spliced into one, with as little as possible made anew."""
