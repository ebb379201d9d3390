"""Child processes that cannot outlive us and can be another user's."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Person:
    """A system user that a child runs as."""

    uid: int
    gid: int


def postgres_person() -> Person | None:
    """Return whom PostgreSQL runs as when we are root (it refuses root), or None: as ourselves."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Person(entry.pw_uid, entry.pw_gid)


def reachable(path: Path, person: Person | None) -> bool:
    """Tell whether `person` can walk to `path`: every parent that exists must let them through."""
    if person is None:
        return True
    for parent in path.resolve().parents:
        try:
            stat = parent.stat()
        except OSError:
            continue
        own = stat.st_mode & 0o100 if stat.st_uid == person.uid else stat.st_mode & 0o001
        if not own:
            return False
    return True


def start_child(
    command: Sequence[str | Path],
    *,
    stop_signal: signal.Signals = signal.SIGTERM,
    bound: bool = True,
    person: Person | None = None,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, without input.

    With `bound` on Linux the child gets `stop_signal` when the thread that started it dies, however it dies:
    call this from the main thread.
    """
    return subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=None if env is None else dict(env),
        cwd=cwd or "/",
        start_new_session=True,
        user=person.uid if person else None,
        group=person.gid if person else None,
        extra_groups=[] if person else None,
        preexec_fn=_bind_to(os.getpid(), stop_signal) if bound and _libc else None,
    )


def _bind_to(parent: int, stop_signal: signal.Signals) -> Callable[[], None]:
    """Return what the child does before exec; Linux forgets the wish at setuid, so it is asked for after it."""
    libc = _libc
    assert libc is not None

    def bind() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # the parent died before the wish was heard
            os.kill(os.getpid(), signal.SIGKILL)

    return bind


def alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie that nobody reaps counts as dead."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return sys.platform != "linux"
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}
