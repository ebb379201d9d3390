"""The table of all addresses: who may ask for what, and the world in which each row is tried.

Every part keeps its rows in `rows_PART.py` beside this file: a list `ROWS` and, where rows need records,
`build(world)`, which makes them in company A through the part's services and keeps them in `world.kept`.
`world.stranger` owns company B; rows are tried with ids of A by everybody who must not reach them.
"""

import importlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.signals import setting_changed
from django.db import connection, connections, transaction
from django.test import Client
from django.test import client as django_client
from django.test.client import ClientHandler
from django.urls import get_resolver, reverse

from voronka.accounts.rules import SHIPPED_ROLES
from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context, walls

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EVERYBODY = " ".join(SHIPPED_ROLES)
SECRET = "Тайна-компании-А"  # stands in the names of company A: nobody else may ever read it
FIRST_NEW_ID = 4_000_000_000
A_WALK = 4 * 3600  # seconds, more than it ever takes


class Walker(Client):
    """A client of a walk, new at each attempt, so that nothing of one answer is there at the next.

    Tens of thousands are made: they load the middleware once for all, until a setting changes, and copy nothing of
    what templates were given.
    """

    handlers: ClassVar[dict[bool, ClientHandler]] = {}

    def __init__(self, *, asks_for_sign: bool = False) -> None:
        super().__init__(enforce_csrf_checks=asks_for_sign, raise_request_exception=False)
        self.handler = self.handlers.setdefault(asks_for_sign, self.handler)

    def request(self, **request: Any) -> Any:
        """Ask as Django's client does, but for `context` and `templates` of the answer, which are not there."""
        usual, django_client.store_rendered_templates = django_client.store_rendered_templates, _forget
        try:
            return super().request(**request)
        finally:
            django_client.store_rendered_templates = usual


def _forget(store: dict[str, Any], **rendered: Any) -> None:
    """Keep nothing of a template that was rendered."""


def _load_again(**changed: Any) -> None:
    Walker.handlers.clear()


setting_changed.connect(_load_again)


@dataclass
class World:
    """Company A with a person of each role and records of every part; company B with its owner, the stranger."""

    company_id: int
    other_company_id: int
    people: dict[str, Actor]
    stranger: Actor
    other_manager: Actor
    kept: dict[str, Any] = field(default_factory=dict)
    before: tuple[dict[str, str | None], dict[str, str | None]] = ({}, {})
    sessions: dict[tuple[int, int | None], str] = field(default_factory=dict)

    def client(self, actor: Actor | None, *, asks_for_sign: bool = False) -> Client:
        """Return a new client signed in as the actor, by one session of the world; call it outside an attempt.

        With `asks_for_sign` what it sends needs the anti-forgery sign, as that of a browser.
        The session was seen already, as that of everybody who is at work: a note of it and a saved session at each
        of the thousands of first requests, each undone with its attempt, were a sixth of a page asked for.
        """
        client = Walker(asks_for_sign=asks_for_sign)
        if actor is not None:
            key, name = (actor.company_id, actor.employee_id), settings.SESSION_COOKIE_NAME
            if key not in self.sessions:
                self.sessions[key] = _session_of(actor).cookies[name].value
            client.cookies[name] = self.sessions[key]
        return client

    def changes_since(self, counted: dict[str, int]) -> tuple[list[str], list[str]]:
        """Return the tables that differ from the world's beginning, of A and of B; only what was written to is read."""
        written = written_since(counted)
        if not written:
            return [], []
        now = state_of(self.company_id, written), state_of(self.other_company_id, written)
        return difference(now[0], self.before[0]), difference(now[1], self.before[1])

    def rows_since(self, counted: dict[str, int]) -> dict[str, list[str]]:
        """Return the rows of company A in the tables that were written to."""
        return rows_of(self.company_id, written_since(counted))

    def differ(self, one: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
        """Return the tables in which two attempts left other rows; one that did not write left those of the world."""
        lacking = rows_of(self.company_id, set(one) ^ set(other))
        return difference(settled({**lacking, **one}), settled({**lacking, **other}))

    @property
    def owner(self) -> Actor:
        return self.people["owner"]

    def inside(self):
        """Enter company A as its owner."""
        return company_context(self.company_id, employee_id=self.owner.employee_id, origin="test")


Given = Callable[[World], dict[str, Any]]


def _nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One address by one method.

    `roles` may, and get one of `answer`; all others of the company get 403 or 404. `args` are the address's
    own words and `data` what is sent, with ids of company A. `is_open`: strangers and nobody may ask too, and
    get one of `answer`; still nothing of A may show or change. `by_record`: the record is the manager's own, and
    another manager of the same company must not reach it. `names_company`: a page of the company for the public,
    which says once whose it is.
    """

    name: str
    method: str = "GET"
    roles: str = EVERYBODY
    answer: tuple[int, ...] = (200,)
    args: Given = _nothing
    data: Given = _nothing
    is_open: bool = False
    by_record: bool = False
    names_company: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    @property
    def may(self) -> set[str]:
        return set(self.roles.split())

    def ask(self, client: Client, world: World, extra: dict[str, Any] | None = None):
        address = reverse(self.name, kwargs=self.args(world))
        sent = self.data(world)
        sent = {**{name: value for name, value in (extra or {}).items() if name not in sent}, **sent}
        if self.method == "GET":
            return client.get(address, sent, headers=self.headers)
        return client.post(address, sent, headers=self.headers)


def parts() -> list[Any]:
    """Return the modules of rows beside this file."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("rows_*.py"))
    return [importlib.import_module(name) for name in names]


def all_rows() -> list[Row]:
    """Return the rows of all parts."""
    return [row for part in parts() for row in part.ROWS]


def all_routes() -> dict[str, Any]:
    """Return every named address of the project with its view."""
    found: dict[str, Any] = {}

    def walk(patterns, namespace: str) -> None:
        for one in patterns:
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, f"{one.namespace}:" if one.namespace else namespace)
            elif namespace != "api:":  # operations of the API have a table of their own: api_table.py
                found[namespace + (one.name or f"?{one.pattern}")] = one.callback

    walk(get_resolver().url_patterns, "")
    return found


def make_world() -> World:
    """Build both companies with ids of later rows far above their own, and note the state of both."""
    world = build_world()
    _raise_sequences()
    world.before = state_of(world.company_id), state_of(world.other_company_id)
    return world


def build_world() -> World:
    """Build both companies and let every part add its records to company A."""
    cast = make_company(name=SECRET, now=NOW)
    people = {"owner": cast.owner, "manager": cast.colleague}
    for role in SHIPPED_ROLES:
        if role not in people:
            people[role] = add_person(cast.owner, role, now=NOW)
    other = add_person(cast.owner, "manager", now=NOW)
    world = World(cast.company_id, cast.other_company_id, people, cast.stranger, other)
    for part in parts():
        build = getattr(part, "build", None)
        if build is not None:
            with world.inside():
                build(world)
    return world


def _raise_sequences() -> None:
    """Let ids of new rows be told from old ones at sight."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), data_type::text FROM pg_sequences"
        )
        for name, kind in cursor.fetchall():
            if kind == "bigint":
                # Never down: another module's world may have made rows in this range already.
                cursor.execute(f"SELECT setval(%s, GREATEST(last_value, %s)) FROM {name}", [name, FIRST_NEW_ID])
    connections["owner"].close()


def _session_of(actor: Actor) -> Client:
    """Return a client of the actor whose session was noted just now, and is not noted again while the walk lasts."""
    client = sign_in(Client(), actor)
    client.get("/nothing/")  # whatever is asked for, the session is noted
    session = client.session
    session["seen"] += A_WALK
    session.save()
    return client


def signed(actor: Actor | None) -> Client:
    """Return a client signed in as the actor, or as nobody."""
    client = Walker()
    return client if actor is None else sign_in(client, actor)


def rows_of(company_id: int, tables: Collection[str]) -> dict[str, list[str]]:
    """Return every row of a company, or the accounts of people, in these tables."""
    state = {}
    with company_context(company_id), transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(_statements()[table])
            state[table] = [row[0] for row in cursor.fetchall()]
    return state


def written_since(counted: dict[str, int]) -> set[str]:
    """Return the tables that were written to since they were counted."""
    return {table for table, count in writes().items() if counted.get(table) != count}


def writes() -> dict[str, int]:
    """Return how many rows of each table this transaction has written so far, by whatever way, undone ones too."""
    with connection.cursor() as cursor:
        cursor.execute(_count())
        return dict(cursor.fetchall())


@cache
def _count() -> str:
    """Return the question of `writes`: the view of all counts joins the catalogue, which takes four times as long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_class WHERE oid = ANY(%s::text[]::regclass[])", [list(_statements())])
        numbers = ",".join(str(row[0]) for row in cursor.fetchall())
    return (
        "SELECT relname, written FROM pg_class, LATERAL (SELECT pg_stat_get_xact_tuples_inserted(oid)"
        " + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid)) AS counted(written)"
        f" WHERE oid = ANY('{{{numbers}}}'::oid[]) AND written > 0"
    )


def state_of(company_id: int, tables: Collection[str] | None = None) -> dict[str, str | None]:
    """Return the hash of every row of a company and of the accounts of people, table by table, by one statement."""
    hashed = [
        f"SELECT '{table}', (SELECT md5(string_agg(x.line, chr(10) ORDER BY x.line)) FROM ({statement}) AS x(line))"
        for table, statement in _statements().items()
        if tables is None or table in tables
    ]
    if not hashed:
        return {}
    with company_context(company_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(hashed))
        return dict(cursor.fetchall())


@cache
def _statements() -> dict[str, str]:
    common = {
        "accounts_user": "SELECT ROW(id, email, password, language, theme, is_active)::text FROM accounts_user",
        "procrastinate_jobs": "SELECT ROW(task_name, args, status)::text FROM procrastinate_jobs",
    }
    return {**{table: f'SELECT t::text FROM "{table}" t' for table in walls.company_tables()}, **common}


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the tables that differ."""
    return [table for table in before if before[table] != after[table]]


_CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[:.\d]*(?:[+-]\d\d(?::?\d\d)?|Z)?"  # moments
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # uuids
    r"|\b[0-9a-f]{32,64}\b"  # hashes and keys
    r"|\b[2-9a-hjkmnp-z]{12}\b"  # public ids
    r"|\b\d{9,}\b"  # ids of new rows, transactions
    r"|vrk_[\w-]{6}|gAAAA[\w=-]+|msg_[0-9a-f]{28}"  # keys of the API, secrets, messages of webhooks
    r"|\bGIFT[0-9A-Z-]+"  # promo codes made by chance
    r'|""waited_seconds"": \d+'  # how long a task waited, counted by the clock
    r"|argon2\S+|md5\$\S+|![A-Za-z0-9]{40}"  # passwords, and those that nobody has yet
)


def settled(state: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the state without what differs at every run: moments, random ids, ids of new rows."""
    return {table: sorted(_CHANGING.sub("~", row) for row in rows) for table, rows in state.items()}


def body_of(answer: Any) -> str:
    """Return the answer as text, with JSON's escapes undone."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = content.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text
