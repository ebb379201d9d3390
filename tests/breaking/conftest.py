"""The table of addresses and its world are those of tests/isolation."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "isolation"))
