"""Seconds of the processor that a stretch of work took: a figure that other work on the machine hardly changes."""

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True, slots=True)
class Processor:
    """Seconds of the processor so far, of the program and of the system for it.

    `main` is this process, `helpers` its children that have ended, `database` all processes of the server; None where
    the server runs elsewhere or the system does not tell.
    """

    main: float
    helpers: float
    database: float | None

    def per(self, before: "Processor", rows: int) -> dict[str, float]:
        """Return what was taken since `before`, in microseconds a row, by name; what is unknown is left out."""
        spent = {"main": self.main - before.main, "helpers": self.helpers - before.helpers}
        if self.database is not None and before.database is not None:
            spent["database"] = self.database - before.database
        return {f"{name}_us": seconds / rows * 1e6 for name, seconds in spent.items()}


def taken() -> Processor:
    """Return what this process, its children and the database have taken so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Processor(time.process_time(), children.ru_utime + children.ru_stime, _database())


def _database() -> float | None:
    """Add up the server's processes: those that live, and in the first one's account those that have ended."""
    connection.ensure_connection()
    first = _parent_of(connection.connection.info.backend_pid)
    if first is None:
        return None
    own, ended = _seconds(first)
    return own + ended + sum(_seconds(child)[0] for child in _children_of(first))


def _stat(pid: int) -> list[str] | None:
    """Return what the kernel tells of a process behind its name; None where there is none such."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return None


def _parent_of(pid: int) -> int | None:
    told = _stat(pid)
    if told is None or Path(f"/proc/{pid}/comm").read_text("ascii", "replace").strip() != "postgres":
        return None  # a server on another machine names one of its own processes
    return int(told[1])


def _children_of(pid: int) -> list[int]:
    processes = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    return [one for one in processes if (told := _stat(one)) is not None and int(told[1]) == pid]


def _seconds(pid: int) -> tuple[float, float]:
    """Return what a process took itself, and what its ended children took."""
    told = _stat(pid)
    if told is None:
        return 0.0, 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    return (int(told[11]) + int(told[12])) / ticks, (int(told[13]) + int(told[14])) / ticks
