"""A child process in which files and templates from outside are handled: bounded memory, time and files.

The child is a fresh interpreter without the parent's environment (no secrets in it). It answers in frames:
four bytes of length, one byte of kind, the payload. The payload is JSON, never pickle or marshal: a child
taken over by a hostile file must not be able to run anything in the parent.
"""

import json
import os
import resource
import select
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

SOURCE_ROOT = Path(__file__).resolve().parents[2]
HEAD = struct.Struct(">IB")
LARGEST_FRAME = 64 * 1024 * 1024
MIB = 1024 * 1024

# The folder of the package is given by hand, since -I (which keeps the environment and the current folder
# out) ignores PYTHONPATH.
BOOT = """import importlib, sys
sys.path.insert(0, sys.argv[1])
importlib.import_module(sys.argv[2]).main(sys.argv[3:])
"""


class ChildSilent(Exception):
    """The child gave nothing within its time."""


class ChildGone(Exception):
    """The child ended or broke the framing before its last word."""


def start_caged(
    module: str, arguments: Sequence[str] = (), *, stdin: BinaryIO | int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start `module.main(arguments)` in a fresh interpreter; its answers come from `stdout`.

    The child has a session of its own, so that Ctrl-C reaches it through its parent only, and no standard error:
    libraries quote cells in their messages, and personal data has no place in our logs.
    """
    environment = {
        name: os.environ[name] for name in ("TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
    }
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", BOOT, str(SOURCE_ROOT), module, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
        bufsize=0,
    )


def confine(*, memory_mib: int, cpu_seconds: int | None, file_mib: int = 0) -> None:
    """Bound the calling process for good: address space, processor time, size of any file it writes, no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_mib * MIB, file_mib * MIB))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * MIB, memory_mib * MIB))
    if cpu_seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))


def peak_kib() -> int:
    """Return the largest resident memory of this process; `ru_maxrss` would be the parent's where that was larger."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
        return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0])
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def stop(child: subprocess.Popen[bytes]) -> int:
    """Kill the child if it lives, reap it, close its pipes; return its exit code (negative: the signal)."""
    if child.poll() is None:
        child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    return child.wait()


def write_frame(descriptor: int, kind: int, payload: object) -> None:
    """Write one frame whole; blocks while the reader is behind, which holds a quick child back."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    view = memoryview(HEAD.pack(len(body), kind) + body)
    while view:
        view = view[os.write(descriptor, view) :]


class FrameReader:
    """Frames from a descriptor, each within a time limit in seconds, or waited for without one (None)."""

    def __init__(self, descriptor: int, *, largest: int = LARGEST_FRAME) -> None:
        self._descriptor = descriptor
        self._largest = largest
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def read(self, seconds: float | None) -> tuple[int, bytes]:
        """Return kind and payload of the next frame; raises ChildSilent or ChildGone."""
        deadline = None if seconds is None else time.monotonic() + seconds
        length, kind = HEAD.unpack(self._exactly(HEAD.size, deadline))
        if length > self._largest:
            raise ChildGone
        return kind, self._exactly(length, deadline)

    def _exactly(self, length: int, deadline: float | None) -> bytes:
        pieces: list[bytes] = []
        while length:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0 or not self._poll.poll(left * 1000):
                    raise ChildSilent
            piece = os.read(self._descriptor, min(length, MIB))
            if not piece:
                raise ChildGone
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)
