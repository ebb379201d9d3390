"""How benches reach the product: a browser of this process, and the web program as it is served."""

import http.client
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.test import Client as Browser

from voronka.accounts.models import Employee, User
from voronka.config.child import start_child
from voronka.config.cli import WEB_OPTIONS, granian_command
from voronka.config.env import SettingError
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context


def browser_of(person: Actor) -> Browser:
    """Return a browser of this process in which the person is signed in, at work in his company."""
    with company_context(person.company_id), transaction.atomic():
        user = User.objects.get(pk=Employee.objects.get(pk=person.person_id).user_id)
    browser = Browser(HTTP_HOST="localhost")
    browser.force_login(user)
    session = browser.session
    session["place"] = [person.company_id, person.employee_id]
    session["seen"] = int(time.time())
    session.save()
    return browser


def cookie_of(person: Actor) -> str:
    """Return the value of the session's cookie of a person who has just signed in."""
    return str(browser_of(person).cookies[settings.SESSION_COOKIE_NAME].value)


@contextmanager
def served(application: str, processes: int, settings_of: Mapping[str, str] | None = None) -> Iterator[int]:
    """Serve an application as the web program is served, with settings of its own; yields the port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    connections.close_all()
    command = granian_command(application, port, processes, *WEB_OPTIONS)
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "voronka.config.settings", **(settings_of or {})}
    log = Path(settings.HOME) / "log" / "bench-web.log"
    with log.open("ab") as output:
        server = start_child(command, env=variables, output=output, cwd=Path.cwd())
    try:
        _wait(port, log)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        finally:
            line.close()
    raise SettingError(f"The server of the bench does not answer, see {log}")
