"""The parent's side of filling texts: one warm child a process, killed and started again when it misbehaves."""

import atexit
import json
import os
import subprocess
import threading
from collections.abc import Collection, Mapping

from voronka.kit import cage

from .frames import DONE
from .parcel import Value, pack
from .problems import Problem, ProblemCode, TextError

CHILD = "voronka.kit.texts.child"
MEMORY_MIB = 256
SECONDS = 2.0
START_SECONDS = 20.0


class Renderer:
    """A warm child and the lock that lets one thread at a time speak with it."""

    def __init__(self, *, memory_mib: int = MEMORY_MIB, seconds: float = SECONDS) -> None:
        self._memory_mib = memory_mib
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._frames: cage.FrameReader | None = None
        self._owner = 0

    def ask(self, order: Mapping[str, object]) -> object:
        """Return the child's answer; raises TextError as it said, or TOO_SLOW or TOO_MUCH when it had to die."""
        body = pack_order(order)
        with self._lock:
            kind, answer = self._exchange(body)
        if kind == DONE:
            return json.loads(answer)
        raise TextError(problem_from(json.loads(answer)))

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        fresh = self._start_if_none()
        assert self._child is not None
        assert self._child.stdin is not None
        assert self._frames is not None
        try:
            self._child.stdin.write(body)
            return self._frames.read(self._seconds)
        except cage.ChildSilent:
            self.stop()
            raise TextError(Problem(ProblemCode.TOO_SLOW)) from None
        except (cage.ChildGone, BrokenPipeError):
            self.stop()
            if fresh:  # it died of this text, not of an earlier fate
                raise TextError(Problem(ProblemCode.TOO_MUCH)) from None
            return self._exchange(body)

    def _start_if_none(self) -> bool:
        """Start a child where there is none, and say whether; one from before a fork is not ours to use."""
        if self._child is not None and self._owner == os.getpid() and self._child.poll() is None:
            return False
        self.stop()
        child = cage.start_caged(CHILD, [str(self._memory_mib), str(self._seconds)])
        assert child.stdout is not None
        frames = cage.FrameReader(child.stdout.fileno())
        try:
            frames.read(START_SECONDS)
        except (cage.ChildSilent, cage.ChildGone) as error:
            cage.stop(child)
            raise RuntimeError("the child that fills texts does not start") from error
        self._child, self._frames, self._owner = child, frames, os.getpid()
        return True

    def stop(self) -> None:
        """End the child, if it is ours."""
        if self._child is not None and self._owner == os.getpid():
            cage.stop(self._child)
        self._child = self._frames = None


def pack_order(order: Mapping[str, object]) -> bytes:
    """Return the whole frame of a request."""
    body = json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return cage.HEAD.pack(len(body), 0) + body


def problem_from(told: Mapping[str, object]) -> Problem:
    """Return the problem that the child told."""
    return Problem(
        ProblemCode(str(told["code"])), int(str(told["line"])), str(told["detail"]), str(told["suggestion"])
    )


_renderer = Renderer()
atexit.register(_renderer.stop)


def render(
    source: str,
    values: Mapping[str, Value],
    *,
    autoescape: bool,
    zone: str = "Europe/Moscow",
    language: str = "ru",
) -> str:
    """Fill the text with the values; `autoescape` for HTML. Raises TextError.

    Dates are shown by the IANA `zone`. A field that is not among the values is an error where it is shown or
    looped over, false in a condition; an empty value shows as nothing. Not to be called inside a transaction
    that holds locks: a hostile text takes up to two seconds.
    """
    if "{{" not in source and "{%" not in source:
        return source
    order = {
        "do": "render",
        "source": source,
        "values": pack(values),
        "autoescape": autoescape,
        "zone": zone,
        "language": language,
    }
    return str(_renderer.ask(order))


def check_template(source: str, fields: Collection[str]) -> list[Problem]:
    """Return what is wrong with the text, given the dotted names of the fields there are, for the editor to show.

    A field that is a list is named without its index; what is inside its rows is not checked.
    """
    if "{{" not in source and "{%" not in source:
        return []
    try:
        told = _renderer.ask({"do": "check", "source": source, "fields": sorted(fields)})
    except TextError as error:
        return [error.problem]
    assert isinstance(told, list)
    return [problem_from(problem) for problem in told]
