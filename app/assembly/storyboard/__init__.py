"""The storyboard: the cut as pictures with words, printed."""

from .pages import MEDIA_TYPE, Panel, write_pdf
from .panels import panels_of

__all__ = ["MEDIA_TYPE", "Panel", "panels_of", "write_pdf"]
