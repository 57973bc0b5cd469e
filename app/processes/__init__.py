"""The composition roots: the only modules that know every part of the studio."""
