"""The repository of a project as git clients see it: clone, push, LFS, branches and merging."""
