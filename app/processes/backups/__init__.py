"""`director backup` and `director restore`: the whole studio as a folder of files, and back."""

from .backup import BackupReport, back_up
from .restore import RestoreReport, restore

__all__ = ["BackupReport", "RestoreReport", "back_up", "restore"]
