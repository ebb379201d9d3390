"""Print the Python on which the environment is made: the one that runs this, or the system's, where that is faster.

What version managers build on the spot is mostly built without profiles (no `--enable-optimizations`), what a
distribution brings is built with them: pages and tests took a sixth longer on the first.
"""

import os
import subprocess
import sys
import sysconfig

SYSTEM = "/usr/bin/python3"
NEEDED = (3, 11)


def chosen() -> str:
    """Return the path of the interpreter. Exits in words when this one is too old."""
    if sys.version_info < NEEDED:
        sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0])
    configured = sysconfig.get_config_var("CONFIG_ARGS") or ""
    is_quick = "--enable-optimizations" in configured or os.path.realpath(sys.executable).startswith("/usr/bin/")
    return sys.executable if is_quick or not _is_new_enough(SYSTEM) else SYSTEM


def _is_new_enough(path: str) -> bool:
    ask = f"import sys, ssl, ctypes, sqlite3; sys.exit(sys.version_info < {NEEDED})"
    try:
        return subprocess.run([path, "-c", ask], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    print(chosen())
