"""A plugin that raises when it is imported, as one does whose library is missing."""

raise RuntimeError("the library that I need is not there")
