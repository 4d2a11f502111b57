"""The live checks use the recorder beside them and the reference of tests/engine; neither needs the engine."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "engine")]
