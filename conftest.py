"""What every test stands on: a database of its own process, sockets to loopback only, a real Chromium on demand."""

import contextlib
import gc
import ipaddress
import os
import socket
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.intervalsets import IntervalSet

from voronka.config.front import compile_messages
from voronka.config.testing import Emptier, TestServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

# Machines differ in speed, so a slow example is no failure; what the machine finds is kept in .hypothesis.
hypothesis_settings.register_profile("voronka", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("voronka")


class _Letters(dict[str, bool]):
    """Which letters an alphabet of Hypothesis has, each looked up in it once."""

    def __init__(self, intervals: IntervalSet) -> None:
        super().__init__()
        self.intervals = intervals

    def __missing__(self, letter: str) -> bool:
        has = self[letter] = ord(letter) in self.intervals
        return has


def _permit_quickly() -> None:
    """Let Hypothesis find out in a tenth of the time which texts of our code a test may be given: the same ones.

    It tries them now and then. For each kind of text that a test draws it looks up every letter of all ten thousand
    in the alphabet, which takes up to three tenths of a second.
    """
    usual = providers.choice_permitted
    kept: list[tuple[Any, dict[str, bool]]] = [
        (None, {})
    ]  # the kind of text that was last asked for, and its letters

    def permitted(choice: Any, constraints: Any) -> bool:
        if not isinstance(choice, str):
            return usual(choice, constraints)
        if not constraints["min_size"] <= len(choice) <= constraints["max_size"]:
            return False
        kind, letters = kept[0]
        if kind is not constraints:
            letters = _Letters(constraints["intervals"])
            kept[0] = constraints, letters
        return all(map(letters.__getitem__, choice))

    providers.choice_permitted = permitted


_permit_quickly()

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


def _refuse_far(host: object) -> None:
    """Raise when `host` is not this machine: no test may lean on the network."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if name == "localhost" or name == socket.gethostname():
        return
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        raise RuntimeError(f"A test may connect to this machine only, not to {name}") from None
    if not address.is_loopback and not address.is_unspecified:
        raise RuntimeError(f"A test may connect to this machine only, not to {name}")


def _guarded_connect(self: socket.socket, address: object) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _refuse_far(address[0])
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: object) -> int:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        _refuse_far(address[0])
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: object, *rest: object, **named: object) -> list[object]:
    _refuse_far(host)
    return _getaddrinfo(host, *rest, **named)


def pytest_configure() -> None:
    """Close the network for the whole run, and have the translations ready."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_messages()
    socket.socket.connect = _guarded_connect
    socket.socket.connect_ex = _guarded_connect_ex
    socket.getaddrinfo = _guarded_getaddrinfo


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while eighteen thousand tests are gathered, nor among them later: they stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a test in a browser a second run before it counts as failed; the summary names it (-rR).

    Two cores drive Chromium, a server, a worker and another test at once, and now and then one of hundreds falls out
    of step. What fails twice is a fault; what is named again and again is a race to be mended.
    """
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def database_server() -> Iterator[TestServer]:
    """Return the running server of the tests."""
    with TestServer() as server:
        yield server


@pytest.fixture(scope="session")
def django_db_setup(database_server: TestServer, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Give this process its own clone of the migrated template, and connect to it as the app role."""
    from django.db import connections
    from django.test import TransactionTestCase

    from voronka.config.env import postgres_url

    name = f"voronka_run_{os.getpid()}"
    database_server.clone(database_server.template(), name)
    urls = {"default": database_server.app_url(name), "owner": database_server.owner_url(name)}
    emptier = Emptier(urls["owner"])
    patch = pytest.MonkeyPatch()
    connections["default"].close()
    usual = connections.settings["default"]
    connections.settings["owner"] = {**usual, **postgres_url(urls["owner"]), "ATOMIC_REQUESTS": False}
    usual.update(postgres_url(urls["default"]))
    with contextlib.suppress(AttributeError):
        del connections["owner"]  # a test without a database may have asked for it before it had an address
    # Programs that a test starts find the same base.
    patch.setenv("VORONKA_DB_APP_URL", urls["default"])
    patch.setenv("VORONKA_DB_OWNER_URL", urls["owner"])
    # Django would empty the tables of reference with the rest and need rights that the app role lacks.
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: emptier())
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    emptier.close()
    patch.undo()
    database_server.drop(name)


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Return a running Chromium, driven by Playwright."""
    from voronka.config.testing_browser import running_chromium

    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def live_server() -> "Iterator[LiveServer]":
    """Return the running server that a browser asks."""
    from voronka.config.testing_browser import running_server

    with running_server() as server:
        yield server
