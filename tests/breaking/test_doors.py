"""The wire server and the web server, asked by who should not: old tickets, foreign pages, forged hosts, headers."""

import asyncio
import time

import pytest
from django.core import signing
from django.test import Client as Browser

from voronka.accounts.testing import make_company, sign_in
from voronka.kit.live import app, tickets


def ask(query: str, *, origin: str = "", method: str = "GET", last: str = "") -> tuple[int, dict[str, str]]:
    """Ask the wire server for a stream, leave at once, and return its status and headers."""
    sent = []
    headers = [(b"origin", origin.encode()), (b"last-event-id", last.encode("utf-8"))]
    scope = {
        "type": "http",
        "method": method,
        "path": "/live",
        "query_string": query.encode("latin-1", "replace"),
        "headers": [one for one in headers if one[1]],
    }

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}


class Earlier(signing.TimestampSigner):
    """Signs as the web server did some seconds ago."""

    seconds = 0

    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) - self.seconds)


def test_a_ticket_opens_for_five_minutes_and_only_as_it_was_signed():
    ticket = tickets.Ticket(7, 11)
    signer = Earlier(salt=tickets.SALT)
    for signer.seconds, expected in ((0, ticket), (tickets.SECONDS - 2, ticket), (tickets.SECONDS + 2, None)):
        assert tickets.read(signer.sign_object([7, 11, "", ""])) == expected
    assert tickets.read(Earlier(salt="another").sign_object([7, 11, "", ""])) is None
    room = tickets.Ticket(7, 0, "talk abc")
    assert tickets.read(tickets.sign(room)) == room
    for lacking in ([7, 11], [7, 11, ""]):
        assert tickets.read(Earlier(salt=tickets.SALT).sign_object(lacking)) is None, (
            "all is named, or it is no ticket"
        )
    foreign = tickets.Ticket(7, 0, "talk abc", "https://shop.example")
    assert tickets.read(tickets.sign(foreign)) == foreign
    fresh = tickets.sign(ticket)
    parts = fresh.split(":")
    other = tickets.sign(tickets.Ticket(8, 11)).split(":")
    assert tickets.read(":".join([other[0], *parts[1:]])) is None
    for bent in (fresh[:-1], fresh + "x", "", ":", "a:b:c", "é" * 3):
        assert tickets.read(bent) is None, bent


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost.evil.example", "null", "http://evil.example:8000"]
)
def test_a_foreign_page_may_not_read_the_wire(origin):
    status, headers = ask("ticket=forged", origin=origin)
    assert status == 403
    assert "access-control-allow-origin" not in headers
    assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT"])
def test_the_wire_only_gives(method):
    assert ask("ticket=x", method=method)[0] == 404


@pytest.mark.django_db(transaction=True)
class TestWeb:
    def test_odd_positions_are_no_error_of_the_wire(self):
        signed = tickets.sign(tickets.Ticket(1, 1))
        for last in ("²", "-1", "9" * 40, "x", "%00"):
            assert ask(f"ticket={signed}&last=%C2%B2")[0] == 200
            assert ask(f"ticket={signed}", last=last)[0] == 200

    def test_a_ticket_is_of_the_company_of_who_asks(self):
        cast = make_company()
        for actor in (cast.owner, cast.stranger):
            answer = sign_in(Browser(), actor).post("/live/ticket", {"company_id": 1, "employee_id": 1})
            got = tickets.read(answer.json()["url"].partition("ticket=")[2])
            assert got == tickets.Ticket(actor.company_id, actor.employee_id)

    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "localhost,evil"]
    )
    def test_a_forged_host_is_refused_everywhere(self, host, settings):
        settings.ALLOWED_HOSTS = ["localhost"]
        visitor = Browser(raise_request_exception=False)
        for address in ("/", "/account/login/", "/account/password/reset/", "/healthz"):
            answer = visitor.get(address, headers={"host": host})
            assert answer.status_code == 400 or "evil" not in answer.headers.get("Location", ""), address
            assert b"evil.example" not in answer.content

    @pytest.mark.parametrize(
        "target",
        [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "\thttps://evil.example",
            "https:evil.example",
            "/%0d%0aX: y",
        ],
    )
    def test_no_way_back_leads_abroad(self, target):
        cast = make_company()
        browser = sign_in(Browser(raise_request_exception=False), cast.owner)
        for address in ("/language/", "/me/theme/", "/me/place/", "/account/logout/"):
            answer = browser.post(address, {"next": target, "language": "ru", "theme": "dark"})
            where = answer.headers.get("Location", "/")
            assert where.startswith("/"), (address, where)
            assert not where.startswith(("//", "/\\")), (address, where)
            assert "\r" not in where

    def test_every_page_says_how_it_may_be_used(self):
        cast = make_company()
        browser = sign_in(Browser(), cast.owner)
        for address in ("/me/", "/settings/employees/", "/account/2fa/"):
            headers = browser.get(address).headers
            policy = headers["Content-Security-Policy"]
            assert "'unsafe-inline'" not in policy
            assert "'unsafe-eval'" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "same-origin"
