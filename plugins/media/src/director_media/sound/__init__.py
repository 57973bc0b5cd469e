"""Sound: mixed, levelled and encoded, for a film or for one node."""
