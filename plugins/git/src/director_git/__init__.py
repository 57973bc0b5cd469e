"""Version control of a project folder with git and LFS pointers."""
