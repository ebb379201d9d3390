"""Bringing the database to the newest schema, as its owner, and building the walls of tenancy on it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ProjectState
from psycopg.errors import LockNotAvailable

from voronka.config.env import SettingError

# What of Django's drawing of models is done otherwise meanwhile; Django keeps the first to itself.
PATCHED = ("_find_reload_model", "add_model", "add_field")
LOCK_SECONDS = 2
PAUSE_SECONDS = 2.0
ATTEMPTS = 60


class StillLocked(SettingError):
    """Somebody held a table for minutes; nothing is half done, the command may be given again."""


def migrate(*, verbosity: int = 0) -> None:
    """Apply all migrations as the owner, then build policies, grants and composite keys.

    Django must be set up. Harmless to repeat. Raises StillLocked.
    """
    from voronka.kit.tenancy import walls  # it holds models, which wait for django.setup()

    def work() -> None:
        with models_drawn_alone():
            call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
        walls.build(connections["owner"])

    work_patiently(connections["owner"], work)


@contextmanager
def models_drawn_alone() -> Iterator[None]:
    """While it holds, a change of a model that touches no relation, a new model and a new column draw that model alone.

    Django draws all its neighbours too, and theirs. Here every model is of a company and of employees, so each model,
    index and column would draw two hundred: nearly all of the time of a first start. Nobody leads to a new model yet,
    and who leads to one that gets a column goes by its table and its key, which stay. The base that comes out is the
    same (tests/spine/test_migrating.py); no migration of ours runs code on models, where an old neighbour would matter.
    """
    usual: dict[str, Any] = {name: getattr(ProjectState, name) for name in PATCHED}
    alone = False

    def found(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        if alone or delay:
            return {(app_label, model_name)}
        related: set[tuple[str, str]] = usual["_find_reload_model"](state, app_label, model_name, delay)
        return related

    def drawn_alone(change: Callable[..., None]) -> Callable[..., None]:
        def act(*given: Any, **named: Any) -> None:  # whatever Django gives it
            nonlocal alone
            alone = True
            try:
                change(*given, **named)
            finally:
                alone = False

        return act

    instead = {"_find_reload_model": found} | {name: drawn_alone(usual[name]) for name in ("add_model", "add_field")}
    for name, act in instead.items():
        setattr(ProjectState, name, act)
    try:
        yield
    finally:
        for name, act in usual.items():
            setattr(ProjectState, name, act)


def work_patiently(
    connection: BaseDatabaseWrapper,
    work: Callable[[], None],
    *,
    attempts: int = ATTEMPTS,
    pause: float = PAUSE_SECONDS,
) -> None:
    """Run `work`, which changes tables, so that nobody who uses them waits longer than 2 seconds at a time.

    A change that waits for its lock makes everybody behind it wait: so it gives up soon, lets them through and is
    tried again. `work` must be harmless to repeat. Raises StillLocked after the last attempt.
    """
    for _ in range(attempts):
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            work()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
        else:
            return
        finally:
            connection.close()
        time.sleep(pause)
    raise StillLocked("A table stayed locked by another session, nothing was half done: end that session, try again")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings")
    django.setup()
    migrate()
