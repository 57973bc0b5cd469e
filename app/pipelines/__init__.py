"""The workflows of a project that pipelines choose from: brought, looked at, kept."""

from .library import media_named

__all__ = ["media_named"]
