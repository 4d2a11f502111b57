"""Makes this folder's modules importable, and the witnesses of `tests/engine` and `tests/golden`."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "engine"), str(HERE.parent / "golden")]
