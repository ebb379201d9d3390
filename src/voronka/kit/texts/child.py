"""What runs in the caged child: one request at a time from standard input, its answer to standard output."""

import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from voronka.kit import cage

from .engine import Engine
from .frames import DONE, READY, REFUSED
from .parcel import unpack
from .problems import Problem, ProblemCode, TextError

IN, OUT = 0, 1


def main(arguments: list[str]) -> None:
    """Serve until the parent closes the pipe. Arguments: memory in MiB, seconds for one request."""
    memory_mib, seconds = int(arguments[0]), float(arguments[1])
    engine = Engine()
    engine.render("{{ 1 | money }}", {}, autoescape=True, zone="Europe/Moscow", language="ru")
    cage.confine(memory_mib=memory_mib, cpu_seconds=None)
    cage.write_frame(OUT, READY, None)
    frames = cage.FrameReader(IN)
    while True:
        try:
            _, body = frames.read(None)
        except cage.ChildGone:
            sys.exit(0)
        # The parent kills a late child; should it die first, the alarm ends this one all the same.
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
        kind, answer = _answer(engine, body)
        cage.write_frame(OUT, kind, answer)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(engine: Engine, body: bytes) -> tuple[int, object]:
    try:
        order = json.loads(body, object_hook=unpack)
        if order["do"] == "check":
            return DONE, [asdict(problem) for problem in engine.check(order["source"], order["fields"])]
        if order["do"] == "render_many":
            return DONE, [_filled_or_problem(engine, order, values) for values in order["values"]]
        filled = _filled(engine, order, order["values"])
    except TextError as error:
        return REFUSED, asdict(error.problem)
    except MemoryError:
        return REFUSED, asdict(Problem(ProblemCode.TOO_MUCH))
    except Exception as error:  # noqa: BLE001 - a text no one foresaw must be told as wrong, not end the child
        return REFUSED, asdict(Problem(ProblemCode.BAD_VALUE, 0, type(error).__name__))
    return DONE, filled


def _filled(engine: Engine, order: Mapping[str, Any], values: Mapping[str, object]) -> str:
    return engine.render(
        order["source"], values, autoescape=order["autoescape"], zone=order["zone"], language=order["language"]
    )


def _filled_or_problem(
    engine: Engine, order: Mapping[str, Any], values: Mapping[str, object]
) -> str | dict[str, Any]:
    try:
        return _filled(engine, order, values)
    except TextError as error:
        return asdict(error.problem)
