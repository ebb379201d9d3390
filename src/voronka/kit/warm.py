"""A caged child kept warm between requests: started when first asked, killed and started again when it misbehaves."""

import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence

from voronka.kit import cage


class TooSlow(Exception):
    """The child gave no answer within its time and was killed."""


class TooMuch(Exception):
    """The child died of the request: of memory, or of something worse."""


class WarmChild:
    """One child and the lock that lets one thread at a time speak with it.

    `module` has a `main` that writes one frame when it is ready, then answers each frame with one. A child from before
    a fork is not ours to use.
    """

    def __init__(self, module: str, arguments: Sequence[str], *, seconds: float, start_seconds: float = 20.0) -> None:
        self._module, self._arguments = module, list(arguments)
        self._seconds, self._start_seconds = seconds, start_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._frames: cage.FrameReader | None = None
        self._owner = 0

    @property
    def child_id(self) -> int | None:
        """The process id of the child, None where there is none."""
        return None if self._child is None else self._child.pid

    def ask(self, order: Mapping[str, object]) -> tuple[int, bytes]:
        """Return kind and payload of the answer. Raises TooSlow, TooMuch."""
        body = json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        with self._lock:
            return self._exchange(cage.HEAD.pack(len(body), 0) + body)

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        fresh = self._start_if_none()
        assert self._child is not None
        assert self._child.stdin is not None
        assert self._frames is not None
        try:
            self._send(self._child.stdin.fileno(), body)
            return self._frames.read(self._seconds)
        except cage.ChildSilent:
            self.stop()
            raise TooSlow from None
        except (cage.ChildGone, BrokenPipeError):
            self.stop()
            if fresh:  # it died of this request, not of an earlier fate
                raise TooMuch from None
            return self._exchange(body)

    @staticmethod
    def _send(descriptor: int, body: bytes) -> None:
        view = memoryview(body)
        while view:
            view = view[os.write(descriptor, view) :]

    def _start_if_none(self) -> bool:
        """Start a child where there is none, and say whether."""
        if self._child is not None and self._owner == os.getpid() and self._child.poll() is None:
            return False
        self.stop()
        child = cage.start_caged(self._module, self._arguments)
        assert child.stdout is not None
        frames = cage.FrameReader(child.stdout.fileno())
        try:
            frames.read(self._start_seconds)
        except (cage.ChildSilent, cage.ChildGone) as error:
            cage.stop(child)
            raise RuntimeError(f"the child of {self._module} does not start") from error
        self._child, self._frames, self._owner = child, frames, os.getpid()
        return True

    def stop(self) -> None:
        """End the child, if it is ours."""
        if self._child is not None and self._owner == os.getpid():
            cage.stop(self._child)
        self._child = self._frames = None
