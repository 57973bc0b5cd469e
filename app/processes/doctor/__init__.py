"""`director doctor`: says of each part of the studio whether it works, and how to mend it."""

from .diagnosis import Diagnosis, diagnose, worst

__all__ = ["Diagnosis", "diagnose", "worst"]
