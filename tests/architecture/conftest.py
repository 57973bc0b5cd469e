"""Makes `tree` importable for the tests of this folder, which has no package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
