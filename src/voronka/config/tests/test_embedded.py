"""The embedded server: started, killed, mended, reached by the right roles only."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from voronka.config.embedded import Cluster, find_binaries
from voronka.config.env import SettingError
from voronka.config.roles import (
    APP,
    PASS,
    app_password,
    check_letters,
    ensure_database,
    ensure_roles,
    with_database,
    with_role,
)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="voronka-embedded-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(place: Path) -> Iterator[Cluster]:
    cluster = Cluster(place / "postgres", {"fsync": "off"})
    cluster.start()
    ensure_database(cluster.url())
    ensure_roles(cluster.url())
    yield cluster
    cluster.stop()


def one(cluster: Cluster, statement: str, role: str = APP) -> object:
    with psycopg.connect(cluster.url(role=role)) as connection:
        return connection.execute(statement).fetchone()[0]


def test_cyrillic_letters_are_letters(cluster: Cluster) -> None:
    assert one(cluster, "SELECT 'ЁЛКА' ILIKE 'ёлка'") is True
    assert one(cluster, "SELECT cardinality(show_trgm('Ёлка'))") == 5
    assert one(cluster, "SELECT upper('ёж')") == "ЁЖ"


def test_app_role_is_plain_and_owns_nothing(cluster: Cluster) -> None:
    rights = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = '{}'"
    assert one(cluster, rights.format(APP)) is False
    assert one(cluster, f"SELECT count(*) FROM pg_class WHERE relowner = '{APP}'::regrole") == 0
    assert one(cluster, f"SELECT rolbypassrls AND NOT rolcanlogin FROM pg_roles WHERE rolname = '{PASS}'") is True
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        one(cluster, "CREATE TABLE intruder (id int)")


def test_it_listens_on_no_port(cluster: Cluster) -> None:
    assert one(cluster, "SHOW listen_addresses") == ""


def test_killed_server_starts_again_with_its_rows(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pid = cluster.pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    dead, cluster.process = cluster.process, None  # not reaped: a zombie keeps the number, as under a careless pid 1
    cluster.start()
    assert one(cluster, "SELECT n FROM kept", role="voronka_owner") == 7
    assert dead is not None
    dead.wait()


def test_lock_of_a_number_that_another_program_has_now_is_cleared(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    cluster.start()
    assert cluster.answers()


def test_orphan_of_a_killed_parent_is_replaced(cluster: Cluster) -> None:
    first = cluster.pid()
    other = Cluster(cluster.home, {"fsync": "off"})
    started = time.monotonic()
    other.start()
    assert other.pid() != first
    assert time.monotonic() - started < 20
    other.stop()
    cluster.process.wait()
    cluster.start()


def test_half_made_data_folder_is_made_again(place: Path) -> None:
    cluster = Cluster(place / "half", {"fsync": "off"})
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("18")
    cluster.start()
    assert cluster.answers()
    cluster.stop()


def test_long_path_gets_a_short_socket(place: Path) -> None:
    cluster = Cluster(place / ("long" * 30) / "postgres", {"fsync": "off"})
    assert len(str(cluster.socket_folder / ".s.PGSQL.5432")) <= 103
    cluster.start()
    assert cluster.answers()
    cluster.stop()
    cluster.socket_folder.rmdir()


def test_blind_locale_is_refused_with_a_mend(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(database="postgres"), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE blind TEMPLATE template0 LOCALE_PROVIDER libc LC_CTYPE 'C' LC_COLLATE 'C' ENCODING 'UTF8'"
        )
    with pytest.raises(SettingError, match="Cyrillic"):
        ensure_roles(cluster.url(database="blind"))


def test_letters_check_needs_no_more_than_the_extension(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        check_letters(connection)


def test_unreachable_server_is_told_in_a_sentence() -> None:
    with pytest.raises(SettingError, match="cannot be reached"):
        ensure_database("postgresql://nobody@127.0.0.1:1/none")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://boss:s3@db:5433/v", "postgresql://voronka_app:p%2Fw@db:5433/v"),
        (
            "postgresql://db/v?user=boss&sslmode=require",
            "postgresql://voronka_app:p%2Fw@db/v?sslmode=require",
        ),
        ("postgresql:///v?host=%2Frun", "postgresql://voronka_app:p%2Fw@/v?host=%2Frun"),
    ],
)
def test_role_is_changed_and_the_rest_stays(url: str, expected: str) -> None:
    assert with_role(url, APP, "p/w") == expected


def test_database_is_changed_and_the_rest_stays() -> None:
    assert with_database("postgresql://a:b@h/v?x=1", "w") == "postgresql://a:b@h/w?x=1"


def test_every_machine_derives_the_same_password(tmp_path: Path) -> None:
    url = "postgresql://boss:secret@db/v"
    assert app_password(url, tmp_path / "a") == app_password(url, tmp_path / "b")
    assert app_password(url, tmp_path) != app_password(url.replace("secret", "other"), tmp_path)


def test_without_an_owners_password_one_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPASSWORD", "VORONKA_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    url = "postgresql://boss@db/v"
    assert app_password(url, tmp_path) == app_password(url, tmp_path)
    assert (tmp_path / "app-password").stat().st_mode & 0o777 == 0o600


def test_binaries_are_found_without_importing_the_package() -> None:
    assert (find_binaries() / "initdb").exists()
