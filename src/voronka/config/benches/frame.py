"""What every bench stands on: a database of its own, its own company, measures taken in turns, one result."""

import contextlib
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import psycopg
from django.db import connection

from voronka.config.env import SettingError
from voronka.config.home import APP_VARIABLE, OWNER_VARIABLE, database_url, home_folder
from voronka.config.roles import with_database
from voronka.kit.actors import Actor

ROUNDS = 3
FOLDER = "bench"


@dataclass(slots=True)
class Result:
    """What a bench found: figures and ratios by name, and what it may not do, in words."""

    bench: str
    scale: float
    figures: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def demand(self, holds: bool, words: str) -> None:
        """Note a violation unless it holds; the command then ends with 1."""
        if not holds:
            self.failed.append(words)

    def as_json(self) -> dict[str, object]:
        """Return the object to be printed; what was not measured is not in it."""
        return {
            "bench": self.bench,
            "scale": self.scale,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "figures": {name: round(value, 3) for name, value in self.figures.items()},
            "ratios": {name: round(value, 3) for name, value in self.ratios.items()},
            **({"failed": self.failed} if self.failed else {}),
        }


def machine() -> dict[str, object]:
    """Return what the figures were measured on: cores, memory in MiB, Python, PostgreSQL, load when it ended."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    connection.ensure_connection()
    version = connection.connection.info.server_version
    return {
        "cores": os.cpu_count() or 1,
        "memory_mib": memory,
        "python": platform.python_version(),
        "postgresql": f"{version // 10000}.{version % 10000}",
        "load": round(os.getloadavg()[0], 1),
    }


@contextlib.contextmanager
def own_place() -> Iterator[None]:
    """Point the program at the benches' own folder, and at a database beside the product's on a foreign server."""
    changed = {"VORONKA_HOME": str(home_folder() / FOLDER)}
    if foreign := database_url():
        name = urlsplit(foreign).path.lstrip("/") + "_bench"
        changed["DATABASE_URL"] = with_database(foreign, name)
    before = {name: os.environ.get(name) for name in (*changed, APP_VARIABLE, OWNER_VARIABLE)}
    os.environ.update(changed)
    for name in (APP_VARIABLE, OWNER_VARIABLE):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def owner_connection() -> psycopg.Connection:
    """Return a connection of the database's owner, whom no policy holds."""
    return psycopg.connect(os.environ[OWNER_VARIABLE], autocommit=True)


def app_connection() -> psycopg.Connection:
    """Return a bare connection of the application's role: psycopg as it comes."""
    return psycopg.connect(os.environ[APP_VARIABLE], autocommit=True)


def fill_quickly(cursor: "psycopg.Cursor[tuple[object, ...]]") -> None:
    """Let the session load rows that are known to fit together without checking each key, where that is allowed."""
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET synchronous_commit = off")
    cursor.execute("SET maintenance_work_mem = '512MB'")


def rows_of(scale: float, full: int) -> int:
    """Return how many rows the scale asks for. Raises SettingError for a scale that leaves nothing to measure."""
    rows = round(full * scale)
    if rows < 1_000:
        raise SettingError(f"--scale {scale:g} leaves {rows} rows: take at least {1_000 / full:g}")
    return rows


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile of seconds, in milliseconds."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)] * 1000 if ordered else 0.0


def in_turns(measures: dict[str, Callable[[], list[float]]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Run the measures one after another, several times; return by name the p95 of each round in milliseconds."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _round in range(rounds):
        for name, measure in measures.items():
            found[name].append(p95(measure()))
    return found


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


@dataclass(frozen=True, slots=True)
class Staff:
    """The company of a bench and the people who work in it."""

    company_id: int
    owner: Actor
    workers: Sequence[Actor]
