"""Runs every check of the code side by side and prints what each found: `make check`."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS = {
    "style (ruff)": [BIN / "ruff", "check", "--quiet", "."],
    "format (ruff)": [BIN / "ruff", "format", "--check", "--quiet", "."],
    "types (mypy)": [BIN / "mypy"],
    "import contracts": [BIN / "lint-imports"],
    "format of templates (djangofmt)": [BIN / "djangofmt", "src", "--check", "--force-exclude", "--quiet"],
    "templates (djlint)": [BIN / "djlint", "src", "--lint", "--quiet"],
    "tests, all of them collected (pytest)": [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-qq",
        "-p",
        "no:cacheprovider",
    ],
    "icons": [sys.executable, "tools/front.py", "--check"],
}


def run(command: list[object]) -> tuple[int, str]:
    """Return the exit code and all the output of one check."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "VORONKA_SECRET_KEY": "only-for-checks-" * 3}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    """Run all; return 1 when any failed."""
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = dict(zip(CHECKS, pool.map(run, CHECKS.values()), strict=True))
    for name, (code, output) in found.items():
        sys.stdout.write(f"{'ok  ' if code == 0 else 'FAIL'} {name}\n")
        if code:
            sys.stdout.write(output + "\n")
    sys.stdout.write(f"checked in {time.monotonic() - started:.0f} s\n")
    return 1 if any(code for code, _ in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
