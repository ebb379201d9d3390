"""The web server against clients that are slow, big or many; on a real granian."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client as Browser

from voronka.accounts.testing import make_owner, sign_in
from voronka.config.child import start_child
from voronka.config.web import is_signed_in

SOURCE = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--http", "1", "--no-ws", "--loop", "asyncio"),
        *("--port", str(port), "--workers", "1", "--backpressure", "2048", "--workers-kill-timeout", "2"),
        *("--log-level", "warning", "voronka.config.tests.slow_app:app"),
    ]
    env = {**os.environ, "PYTHONPATH": str(SOURCE)}
    process = start_child(command, env=env, output=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            ask(port)
            break
        except OSError:
            time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(10)


def ask(port: int, path: str = "/", body: bytes | None = None, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("POST" if body is not None else "GET", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def half_sent(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=15)
    client.sendall(b"POST /half HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    return client


def test_fifty_half_sent_bodies_stop_nobody_and_are_told(port: int) -> None:
    clients = [half_sent(port) for _ in range(50)]
    started = time.monotonic()
    assert ask(port)[0] == 200
    assert time.monotonic() - started < 1
    for client in clients:
        assert client.recv(100).startswith(b"HTTP/1.1 408")
        client.close()
    assert time.monotonic() - started < 8


def test_a_trickling_body_ends_with_the_time_for_the_whole(port: int) -> None:
    client = half_sent(port)
    started = time.monotonic()
    client.settimeout(0.5)
    said = b""
    while not said and time.monotonic() - started < 8:
        try:
            client.sendall(b".")
            said = client.recv(100)
        except TimeoutError:
            continue
    client.close()
    assert said.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - started < 7


KNOWN, UNKNOWN = "sessionid=known", "sessionid=guessed"


@pytest.mark.parametrize(
    ("path", "cookie", "limit"),
    [
        ("/form", KNOWN, 256),
        ("/people/import/", KNOWN, 512),
        ("/people/import/", UNKNOWN, 256),
        ("/people/import/", "", 256),
    ],
)
def test_a_body_at_the_limit_comes_whole_and_one_over_is_refused(
    port: int, path: str, cookie: str, limit: int
) -> None:
    """A file of an import is taken from people who are signed in only; nobody else's is even begun."""
    headers = {"Cookie": cookie} if cookie else {}
    assert ask(port, path, b"x" * limit * 1024, **headers) == (200, f"{limit * 1024} {path} - {cookie or '-'}")
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        sent = f"Cookie: {cookie}\r\n" if cookie else ""
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{sent}Content-Length: {limit * 1024 + 1}\r\n\r\n"
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.1 413")
    assert ask(port)[0] == 200


@pytest.mark.parametrize(("cookie", "status"), [(KNOWN, b"200"), (UNKNOWN, b"413"), ("", b"413")])
def test_a_file_without_a_length_is_no_way_round(port: int, cookie: str, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        sent = f"Cookie: {cookie}\r\n" if cookie else ""
        client.sendall(f"POST /import HTTP/1.1\r\nHost: x\r\n{sent}Transfer-Encoding: chunked\r\n\r\n".encode())
        try:
            for _ in range(20):
                client.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
            client.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        client.settimeout(5)
        try:
            said = client.recv(100)
        except ConnectionResetError:
            said = b"HTTP/1.1 413"
        assert said.startswith(b"HTTP/1.1 " + status)


@pytest.mark.django_db(transaction=True)
def test_a_session_is_known_by_its_cookie_while_it_lives(settings: Any) -> None:
    browser, name = Browser(), settings.SESSION_COOKIE_NAME
    sign_in(browser, make_owner())
    key = browser.cookies[name].value
    assert is_signed_in(f"theme=dark; {name}={key}; other=1")
    for forged in (
        "",
        f"{name}=",
        f"{name}={'a' * 32}",
        f"{name}={key}x",
        f"{name}=\x00",
        f"other={key}",
        "=;;=" * 99,
    ):
        assert not is_signed_in(forged)
    anonymous = SessionStore()
    anonymous.create()
    assert not is_signed_in(f"{name}={anonymous.session_key}")
    browser.logout()
    assert not is_signed_in(f"{name}={key}")


def test_three_hundred_megabytes_are_refused_before_they_come(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        client.sendall(
            b"POST /people/import/ HTTP/1.1\r\nHost: x\r\nCookie: sessionid=known\r\nContent-Length: 314572800\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_a_body_without_a_length_is_counted_as_it_comes(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        said = b""
        try:
            for _ in range(40):
                client.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        client.settimeout(5)
        try:
            said = client.recv(100)
        except ConnectionResetError:
            said = b"HTTP/1.1 413"
        assert said.startswith(b"HTTP/1.1 413")
    assert ask(port)[0] == 200


def test_a_crowd_is_told_soon_and_the_rest_served(port: int) -> None:
    started = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: ask(port, "/sleep/0.15")[0], range(40)))
    assert time.monotonic() - started < 5
    assert set(answers) == {200, 503}
    assert answers.count(200) >= 2
    assert ask(port)[0] == 200


def test_a_slow_reader_does_not_hold_the_thread(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        client.sendall(b"GET /sleep/0 HTTP/1.1\r\nHost: x\r\n\r\n")  # the answer is never read
        started = time.monotonic()
        assert ask(port)[0] == 200
        assert time.monotonic() - started < 1


def test_headers_that_pass_for_others_are_dropped_and_doubled_ones_joined(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        client.sendall(
            b"GET /%D1%91%2Fx?q=1 HTTP/1.1\r\nHost: x\r\nX_Forwarded_For: 6.6.6.6\r\nCookie: a=1\r\nCookie: b=2\r\n"
            b"Connection: close\r\n\r\n"
        )
        said = b""
        while piece := client.recv(1000):
            said += piece
    assert "0 /ё/x - a=1; b=2".encode() in said


def test_a_length_that_is_no_number_is_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 400")


def test_programs_are_refused_by_a_problem(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        client.sendall(b"POST /api/v1/clients HTTP/1.1\r\nHost: x\r\nContent-Length: 314572800\r\n\r\n")
        said = b""
        while piece := client.recv(4096):
            said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == "too_large"
