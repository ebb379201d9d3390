"""`voronka serve` on real processes: killed one by one and all together, it comes back with its data."""

import contextlib
import http.client
import os
import random
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from voronka.config.child import alive

SOURCE = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow


class Served:
    """One data folder, served and stopped by a test."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.port = free_ports()
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "log"

    def environment(self) -> dict[str, str]:
        ours = ("VORONKA_", "DATABASE_URL", "PORT")
        env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {
            **env,
            "VORONKA_HOME": str(self.home),
            "PORT": str(self.port),
            "VORONKA_WEB_PROCESSES": "2",
            "PYTHONPATH": str(SOURCE),
            "DJANGO_SETTINGS_MODULE": "voronka.config.settings",
        }

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "voronka.config.cli", "serve"],
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_healthy(120)

    def wait_until_healthy(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(self.log.read_text()[-3000:])
            if healthy(self.port) and healthy(self.port + 1):
                return
            time.sleep(0.1)
        pytest.fail(f"not healthy after {seconds} s: {self.log.read_text()[-3000:]}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)

    def processes(self) -> dict[int, str]:
        """Return every process of this data folder by its command line."""
        found = {}
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                environment = (folder / "environ").read_bytes() if folder.name.isdigit() else b""
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode() if environment else ""
                if f"VORONKA_HOME={self.home}".encode() in environment.split(b"\0") or f"-D {self.home}/" in words:
                    found[int(folder.name)] = words
        return {pid: words for pid, words in found.items() if words and alive(pid)}

    def of(self, pattern: str) -> list[int]:
        """Return the process ids whose command matches, heads first."""
        return sorted(pid for pid, words in self.processes().items() if re.search(pattern, words))

    def url(self) -> str:
        return f"postgresql://voronka_owner@/voronka?host={self.home}/postgres/socket"


def free_ports() -> int:
    """Return the first of three free ports side by side."""
    while True:
        first = random.randrange(20000, 30000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + 3):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


def healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="voronka-serve-"))
    folder.chmod(0o755)
    served = Served(folder)
    try:
        served.start()
        with psycopg.connect(served.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        yield served
    finally:  # one that did not come up in time must not run on behind the tests
        _end(served)
        shutil.rmtree(folder)


def _end(served: Served) -> None:
    if served.process is not None and served.process.poll() is None:
        served.process.kill()
        served.process.wait()
    deadline = time.monotonic() + 20
    while served.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in served.processes():
        os.kill(pid, signal.SIGKILL)


PROGRAMS = {
    "head of web": r"granian.*voronka\.config\.web",
    "head of wire": r"granian.*voronka\.config\.wire",
    "worker": r"voronka\.config\.cli worker",
    "mailbox": r"voronka\.config\.cli mailbox",
    "database": r"postgres -D",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_killed_program_is_started_again(served: Served, name: str) -> None:
    victim = served.of(PROGRAMS[name])[0]
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while victim in served.of(PROGRAMS[name]) or not served.of(PROGRAMS[name]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    served.wait_until_healthy(60)
    with psycopg.connect(served.url()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_killed_process_of_the_web_server_is_replaced(served: Served) -> None:
    served.wait_until_healthy(60)
    before = served.of(PROGRAMS["head of web"])
    os.kill(before[-1], signal.SIGKILL)
    deadline = time.monotonic() + 20
    while len(served.of(PROGRAMS["head of web"])) < len(before) or before[-1] in served.of(PROGRAMS["head of web"]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    served.wait_until_healthy(60)


def test_what_serves_people_cannot_find_the_owners_way_in(served: Served) -> None:
    for name in ("head of web", "head of wire", "worker"):
        for pid in served.of(PROGRAMS[name]):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            assert b"voronka_owner" not in environment
            assert b"VORONKA_DB_OWNER_URL" not in environment


def test_letters_land_in_the_local_mailbox(served: Served) -> None:
    deadline = time.monotonic() + 10
    while not served.of(PROGRAMS["mailbox"]) and time.monotonic() < deadline:
        time.sleep(0.1)
    with smtplib.SMTP("127.0.0.1", served.port + 2, timeout=10) as post:
        post.sendmail("a@example.org", ["b@example.org"], "Subject: hi\r\n\r\nпривет".encode())
    letters = list((served.home / "mailbox").glob("*.eml"))
    assert len(letters) == 1
    assert letters[0].read_bytes().startswith(b"X-Envelope-To: b@example.org\r\nSubject: hi")
    assert "привет".encode() in letters[0].read_bytes()


def refused(served: Served, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "voronka.config.cli", "serve"],
        env={**served.environment(), **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_second_start_in_the_same_folder_is_refused(served: Served) -> None:
    assert "already runs" in refused(served)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT='eighty': a port is a whole number"),
        ({"PORT": "65535"}, "two ports above it"),
        ({"DATABASE_URL": "mysql://x/y"}, "expected postgresql://"),
        ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}, "cannot be reached"),
    ],
)
def test_wrong_settings_end_in_one_sentence(served: Served, variables: dict[str, str], sentence: str) -> None:
    assert sentence in refused(
        served, VORONKA_HOME=f"{served.home}-other", **{"PORT": str(free_ports()), **variables}
    )


def test_a_taken_port_is_told(served: Served) -> None:
    assert f"Port {served.port} cannot be used" in refused(served, VORONKA_HOME=f"{served.home}-other")


def test_interrupt_ends_everything_cleanly_and_the_next_start_works(served: Served) -> None:
    assert served.stop() == 0
    assert served.processes() == {}
    assert "database system is shut down" in (served.home / "postgres" / "postgres.log").read_text().splitlines()[-1]
    served.start()


def test_when_the_supervisor_is_killed_all_end_and_the_next_start_works(served: Served) -> None:
    served.process.kill()
    served.process.wait()
    deadline = time.monotonic() + 40
    while served.processes():
        assert time.monotonic() < deadline, served.processes()
        time.sleep(0.1)
    served.start()


def test_when_everything_is_killed_at_once_the_next_start_works(served: Served) -> None:
    pids = served.processes()
    for pid in [served.process.pid, *pids]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    served.process.wait()
    served.start()
    with psycopg.connect(served.url()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_stray_workers_of_a_killed_pair_do_not_hold_the_port(served: Served) -> None:
    """The supervisor and the head of web die together: granian's workers live on and hold the port."""
    heads = served.of(PROGRAMS["head of web"])
    os.kill(served.process.pid, signal.SIGSTOP)
    os.kill(heads[0], signal.SIGKILL)
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait()
    served.start()
    assert not set(heads) & set(served.of(PROGRAMS["head of web"]))
