"""The supervisor: one command that starts the database, the servers and the worker, and keeps them alive.

Each child has a session of its own and dies with us on Linux, however we die. A dead child is started again with
growing pauses, after its whole group is ended: a killed head of granian would leave workers that hold the port.
"""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from voronka.config import env
from voronka.config.child import start_child
from voronka.config.embedded import Cluster
from voronka.config.env import SettingError
from voronka.config.front import code_digest
from voronka.config.home import (
    app_only,
    database_url,
    embedded_cluster,
    holder,
    home_folder,
    prepare_database,
    sole_use,
)
from voronka.config.storefront.setting import FILE as SHOP_FILE
from voronka.config.storefront.setting import shop_port

_RUN_VARIABLE = "VORONKA_RUN"
_PAUSES = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
_STEADY_SECONDS = 60.0
_GRACE_SECONDS = 20.0


@dataclass
class Program:
    """One child by its command, kept alive."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0


@dataclass
class Supervisor:
    """Everything one start of `voronka serve` runs."""

    home: Path
    port: int
    host: str
    quiet: bool
    shop: int | None = None  # the port of the demo company's shop
    cluster: Cluster | None = None
    programs: list[Program] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    stopping: bool = False
    no_database_before: float = 0.0

    def run(self, *, demo: bool) -> int:
        """Start all, keep all alive until a signal, stop all; return the exit code."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._ask_to_stop)
        try:
            self._start(demo=demo)
            if not self.stopping:
                self._say(demo=demo)
            while not self.stopping:
                self._look_after()
                time.sleep(0.1)
        finally:
            self._stop()
        return 0

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _start(self, *, demo: bool) -> None:
        _end_leftovers(self.home)
        for port in self._ports():
            _require_free(self.host, port)
        token = secrets.token_hex(16)
        (self.home / "run" / "token").write_text(token)
        os.environ[_RUN_VARIABLE] = token
        if not database_url():
            self.cluster = embedded_cluster(self.home)
            self.cluster.start()
        variables = {**os.environ, **prepare_database(self.home, self._owner_url())}
        variables["VORONKA_HOME"] = str(self.home)
        if demo:
            variables["VORONKA_DEMO"] = "yes"
        if not os.environ.get("VORONKA_MAIL_URL"):
            variables["VORONKA_MAIL_URL"] = f"smtp://127.0.0.1:{self.port + 2}"
        self.variables = app_only(variables)
        self._prepare(variables, demo=demo)
        self.programs = self._make_programs()
        for program in self.programs:
            self._launch(program)
        self._wait_until_ready()

    def _prepare(self, variables: dict[str, str], *, demo: bool) -> None:
        """Migrate, collect and fill, unless this very code has done it on this very embedded database."""
        stamp = self.cluster.home / "prepared" if self.cluster else None
        if stamp and stamp.exists() and stamp.read_text() == self._prepared(demo=demo):
            return
        _tell("preparing the database and the static files")
        self._run_once(["migrate"], variables)
        if demo:
            _tell("filling the demo company, which takes a minute or two the first time")
            self._run_once(["fill"], self.variables)
        if stamp and not self.stopping:
            stamp.write_text(self._prepared(demo=demo))

    def _prepared(self, *, demo: bool) -> str:
        """Return the word of what is prepared: the demo's shop is known by its port, and has a file of its own."""
        shop = f" {self.shop} {(self.home / SHOP_FILE).exists()}" if demo else ""
        return f"{code_digest(demo=demo)}{shop}"

    def _owner_url(self) -> str:
        return self.cluster.url() if self.cluster else database_url()

    def _ports(self) -> list[int]:
        own_mailbox = [] if os.environ.get("VORONKA_MAIL_URL") else [self.port + 2]
        return [self.port, self._wire_port(), *own_mailbox, *([self.shop] if self.shop else [])]

    def _wire_port(self) -> int:
        return env.read("VORONKA_WIRE_PORT", env.port, default=self.port + 1)

    def _make_programs(self) -> list[Program]:
        own = [sys.executable, "-m", "voronka.config.cli"]
        programs = [
            Program("web", [*own, "web"]),
            Program("wire", [*own, "wire"]),
            Program("worker", [*own, "worker"]),
        ]
        if not os.environ.get("VORONKA_MAIL_URL"):
            programs.append(Program("mailbox", [*own, "mailbox"]))
        if self.shop:
            programs.append(Program("shop", [*own, "shop"]))
        return programs

    def _run_once(self, words: list[str], variables: dict[str, str]) -> None:
        """Run one of our own commands to its end. Raises SettingError when it fails."""
        process = start_child([sys.executable, "-m", "voronka.config.cli", *words], env=variables, cwd=Path.cwd())
        while process.poll() is None:
            if self.stopping:
                process.terminate()
            time.sleep(0.02)
        if process.returncode == 2:  # it has told its sentence
            raise SystemExit(2)
        if process.returncode and not self.stopping:
            raise SettingError(f"`voronka {' '.join(words)}` failed, see above")

    def _launch(self, program: Program) -> None:
        if self.stopping:
            return
        program.started = time.monotonic()
        with (self.home / "log" / f"{program.name}.log").open("ab") as log:
            program.process = start_child(
                program.command, env=self.variables, output=log if self.quiet else None, cwd=Path.cwd()
            )

    def _look_after(self) -> None:
        """Start again what died: PostgreSQL first, since the others wait for it by themselves."""
        if self.cluster and not self.cluster.is_running() and time.monotonic() >= self.no_database_before:
            _tell("PostgreSQL ended and is started again")
            try:
                self.cluster.start(patience_seconds=3)
            except SettingError as error:  # a full disk, say: people may make room, so the rest waits for it
                _tell(str(error))
                self.no_database_before = time.monotonic() + 10
        now = time.monotonic()
        for program in self.programs:
            if program.process and program.process.poll() is not None:
                _end_group(program.process.pid)
                lived = now - program.started
                program.failures = 0 if lived > _STEADY_SECONDS else program.failures + 1
                pause = _PAUSES[min(program.failures, len(_PAUSES) - 1)]
                program.not_before = now + pause
                _tell(f"{program.name} ended ({program.process.returncode}) and is started again in {pause:g} s")
                program.process = None
            elif program.process is None and now >= program.not_before:
                self._launch(program)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 120
        while not self.stopping:
            waited = (self.port, self._wire_port(), *([self.shop] if self.shop else []))
            if all(_answers(port) for port in waited):
                return
            self._look_after()
            if time.monotonic() > deadline:
                raise SettingError(
                    f"The servers do not answer after two minutes; see the logs in {self.home / 'log'}"
                )
            time.sleep(0.1)

    def _stop(self) -> None:
        """One SIGTERM each (a second one would kill running jobs), patience, then their groups; PostgreSQL last."""
        self.stopping = True
        running = [program.process for program in self.programs if program.process]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + _GRACE_SECONDS
        while any(process.poll() is None for process in running) and time.monotonic() < deadline:
            time.sleep(0.02)
        for process in running:
            _end_group(process.pid)
            process.wait()
        if self.cluster:
            self.cluster.stop()
        (self.home / "run" / "token").unlink(missing_ok=True)

    def _say(self, *, demo: bool) -> None:
        lines = [f"\nVoronka works at http://localhost:{self.port} (data in {self.home}). Ctrl-C stops it."]
        logins = self.home / "demo-logins.txt"
        if demo and logins.exists():
            lines.append(f"Its shop on the web, with our line of script: http://localhost:{self.shop}")
            lines.append(logins.read_text())
        if self.quiet:
            lines.append(f"Logs: {self.home / 'log'}")
        print("\n".join(lines), flush=True)  # noqa: T201 - the answer of the command


def serve(*, demo: bool) -> int:
    """Run the whole program until told to stop. Raises SettingError with what must be mended first."""
    home = home_folder()
    port = env.read("PORT", env.port, default=8000)
    if port > 65533:
        raise SettingError(f"PORT={port}: the two ports above it are needed too, so 65533 is the highest")
    shop = shop_port() if demo else None
    if shop is not None and shop > 65535:
        raise SettingError(f"PORT={port}: the demo's shop is at the third port above it: set SHOP_PORT")
    host = env.read("VORONKA_HOST", env.text, default="127.0.0.1")
    with sole_use(home) as alone:
        if not alone:
            raise SettingError(
                f"Voronka already runs in {home} (process {holder(home)}): stop it, or set another VORONKA_HOME"
            )
        return Supervisor(home, port, host, quiet=demo, shop=shop).run(demo=demo)


def _tell(text: str) -> None:
    print(f"voronka: {text}", file=sys.stderr, flush=True)  # noqa: T201 - a supervisor's voice


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(
                f"Port {port} cannot be used ({error.strerror}): end the other program, or set PORT "
                "(it and the two above it are used; the shop of a demo is at SHOP_PORT, by itself the third above)"
            ) from error


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _end_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _end_leftovers(home: Path) -> None:
    """End what a killed supervisor left, known by the word that its run gave to every child.

    PostgreSQL is left out: its own start deals with it.
    """
    kept = home / "run" / "token"
    if not kept.exists() or not Path("/proc/self/environ").exists():
        return
    mark = f"{_RUN_VARIABLE}={kept.read_text()}".encode()
    deadline = time.monotonic() + 8
    while left := _carriers(mark):
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL if time.monotonic() > deadline else signal.SIGTERM)
        if time.monotonic() > deadline + 5:
            raise SettingError(f"Processes of an earlier run do not end: {left}")
        # One SIGTERM, then patience: a second one would kill the worker's jobs.
        _wait_for_end(left, deadline)


def _wait_for_end(pids: list[int], deadline: float) -> None:
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)


def _carriers(mark: bytes) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found
