"""The data folder VORONKA_HOME, its lock, and the way to the database for whoever starts first."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from voronka.config import env
from voronka.config.embedded import Cluster, tuned_options
from voronka.config.env import SettingError
from voronka.config.roles import app_password, app_url, ensure_database, ensure_roles

APP_VARIABLE = "VORONKA_DB_APP_URL"
OWNER_VARIABLE = "VORONKA_DB_OWNER_URL"


def home_folder() -> Path:
    """Return the data folder, made if absent: VORONKA_HOME, else .voronka where the command was given."""
    home = env.read("VORONKA_HOME", env.folder, default=Path.cwd() / ".voronka")
    try:
        for folder in (home, home / "run", home / "log", home / "files", home / "mailbox"):
            folder.mkdir(mode=0o711 if folder == home else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"VORONKA_HOME={home}: the folder cannot be written: {error.strerror}") from error
    return home


def database_url() -> str:
    """Return DATABASE_URL, checked, or an empty text for the embedded server."""
    absent: dict[str, str] = {}
    if env.read("DATABASE_URL", env.postgres_url, default=absent):
        return os.environ["DATABASE_URL"].strip()
    return ""


@contextlib.contextmanager
def sole_use(home: Path) -> Iterator[bool]:
    """Hold the lock of the data folder; yields False when another command has it. It ends with the process."""
    with (home / "run" / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield True


def holder(home: Path) -> str:
    """Return the process id that holds the lock of the data folder, for a message."""
    return (home / "run" / "lock").read_text() or "unknown"


def embedded_cluster(home: Path) -> Cluster:
    """Return the embedded server of the data folder, not started."""
    return Cluster(home / "postgres", tuned_options())


def prepare_database(home: Path, owner_url: str) -> dict[str, str]:
    """Make the database and its roles; return the variables by which this program's processes reach it."""
    ensure_database(owner_url)
    password = app_password(owner_url, home) if database_url() else None
    ensure_roles(owner_url, password=password)
    return {APP_VARIABLE: app_url(owner_url, password=password), OWNER_VARIABLE: owner_url}


@contextlib.contextmanager
def reach_database() -> Iterator[None]:
    """Put the way to the database into the environment, starting the embedded server for as long as needed.

    Does nothing under a supervisor, which has done it. Raises SettingError.
    """
    if os.environ.get(APP_VARIABLE):
        yield
        return
    home = home_folder()
    if foreign := database_url():
        os.environ.update(prepare_database(home, foreign))
        yield
        return
    cluster = embedded_cluster(home)
    with sole_use(home) as alone:
        if alone:
            cluster.start()
        elif not cluster.answers():
            raise SettingError(f"Voronka is just starting or stopping in {home} (process {holder(home)}): try again")
        try:
            os.environ.update(prepare_database(home, cluster.url()))
            yield
        finally:
            if alone:
                cluster.stop()


@contextlib.contextmanager
def look_in() -> Iterator[None]:
    """Put the way to a database that is at work into the environment: makes, starts, changes and locks nothing.

    For commands that a monitor gives every minute, beside a program that starts or stops. They come as the owner of the
    database. Raises SettingError where nothing runs.
    """
    if not os.environ.get(APP_VARIABLE):
        url = database_url()
        if not url:
            home = env.read("VORONKA_HOME", env.folder, default=Path.cwd() / ".voronka")
            if not (home / "postgres").is_dir() or not embedded_cluster(home).answers():
                raise SettingError(f"Voronka does not run in {home}")
            url = embedded_cluster(home).url()
        os.environ.update({APP_VARIABLE: url, OWNER_VARIABLE: url})
    yield


def app_only(variables: dict[str, str]) -> dict[str, str]:
    """Return an environment without the owner's way in: what serves people connects as the app role only."""
    left_out = {OWNER_VARIABLE, "DATABASE_URL", "PGPASSWORD"}
    return {name: value for name, value in variables.items() if name not in left_out}
