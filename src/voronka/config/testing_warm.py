"""The product's own worker and wire server for tests, begun at once: forked from a process that has read the code.

Each reads two thousand modules before its first act, seconds of the processor, and dozens of tests begin one. A nursery
reads them once and forks: what is forked has opened nothing yet, no connection and no loop, and knows nothing of what
was forked before it. So every test has a process of its own with nothing in its memory of the test before.
"""

import contextlib
import functools
import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

SOURCE = Path(__file__).resolve().parents[2]
# Names the test that runs, for people: it is another one each time and shapes nothing.
_TELLING = "PYTEST_CURRENT_TEST"


@contextmanager
def begun(program: str, log: Path, *words: str) -> Iterator[None]:
    """Run `worker`, or `wire` at the port that is named, beside a test with what it writes in `log`; end it after."""
    told = frozenset((name, value) for name, value in os.environ.items() if name != _TELLING)
    nursery = _nursery(told)
    pid = nursery.ask(begin=program, words=words, log=str(log))
    try:
        yield
    finally:
        nursery.ask(end=pid)


class Nursery:
    """The process that forks, asked by lines of JSON. It ends its children and itself when the tests are gone."""

    def __init__(self, variables: Iterable[tuple[str, str]]) -> None:
        env = {**dict(variables), "PYTHONPATH": str(SOURCE)}
        command = [sys.executable, "-m", "voronka.config.testing_warm"]
        # Ctrl-C is for the tests alone: they end what they began, or are gone, which it sees at the end of its lines.
        self._process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            start_new_session=True,
        )  # fmt: skip

    def ask(self, **asked: Any) -> int:
        """Ask to begin or end a program. Raises RuntimeError when the nursery is gone."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The nursery of programs ended with {self._process.wait()}")
        return int(answer)


@functools.cache
def _nursery(variables: frozenset[tuple[str, str]]) -> Nursery:
    """Return the nursery of these variables: settings are read with the code, so other ones need another."""
    return Nursery(variables)


# --- Inside the nursery ----------------------------------------------------------------------------------------


def _work() -> None:
    from voronka.config import worker

    worker.run()


def _wire(port: str) -> None:
    from granian.cli import entrypoint

    told = f"--interface asgi --host 127.0.0.1 --port {port} voronka.config.wire_app:app"
    sys.argv = ["granian", *told.split()]
    entrypoint()  # type: ignore[no-untyped-call]  # granian leaves its commands without types


_PROGRAMS: dict[str, Callable[..., None]] = {"worker": _work, "wire": _wire}


def _keep() -> None:
    """Read the code, then begin and end programs until nobody asks any more."""
    import granian.cli
    import granian.server  # noqa: F401
    import procrastinate.contrib.django  # noqa: F401

    import voronka.config.wire_app
    import voronka.config.worker
    import voronka.kit.pulse  # noqa: F401

    gc.freeze()  # pages of memory stay shared
    running: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "begin" in asked:
            answer = _begin(asked["begin"], asked["words"], asked["log"])
            running.add(answer)
        else:
            answer = _end(asked["end"])
            running.discard(asked["end"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for pid in running:
        _end(pid, seconds=0)


def _begin(program: str, words: list[str], log: str) -> int:
    """Fork a program into a session of its own; return its id."""
    return os.fork() or _become(program, words, log)


def _become(program: str, words: list[str], log: str) -> NoReturn:
    code: object = 0
    try:
        os.setsid()
        with open(os.devnull, "rb") as nothing, open(log, "ab") as output:
            for number, stream in enumerate((nothing, output, output)):
                os.dup2(stream.fileno(), number)
        random.seed()
        _PROGRAMS[program](*words)
    except SystemExit as leaving:
        code = leaving.code
    except BaseException:  # noqa: BLE001 - nothing of a program may come back into the nursery's loop
        code = 1
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(bool(code)))


def _end(pid: int, seconds: float = 10) -> int:
    """Ask a program to end, end its whole group after some time, since a head of granian may leave its child behind."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    ends = time.monotonic() + seconds
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.monotonic() > ends:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            break
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    _keep()
