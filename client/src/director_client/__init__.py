"""The Python client of Movie Director: joins a project, edits its graph, follows what is made."""
