"""Movie Director: the studio itself. The folders are explained in docs/map.md."""
