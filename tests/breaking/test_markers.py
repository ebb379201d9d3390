"""A mark of markup in every name and text of a company: on every page it shows as letters, never as markup.

That nothing runs in a real browser is shown by tests/browser/test_marks.py; this walks all addresses of the table.
"""

import re

import pytest
from django.db import transaction
from isolation_table import all_rows, body_of, make_world
from marking import mark_everything

MARK = "\"'><s41>"
RAW = re.compile(r"<s41>|\"'(?:>|&gt;)(?:<|&lt;)s41")
SHOWN = "&lt;s41&gt;"
ROWS = [row for row in all_rows() if row.method == "GET"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Build the world once, with the mark in it; nothing stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        with made.inside():
            assert mark_everything(MARK) > 40
        made.kept["shown"] = set()
        yield made
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_page_shows_a_mark_as_markup(world, row):
    for headers in ({}, {"HX-Request": "true"}):
        client = world.client(world.owner)
        with transaction.atomic():
            client.defaults.update({f"HTTP_{key.upper().replace('-', '_')}": value for key, value in headers.items()})
            answer = row.ask(client, world)
            text = body_of(answer)
            transaction.set_rollback(True)
        assert answer.status_code < 500 or answer.status_code in row.answer
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            found = RAW.search(text)
            assert found is None, text[max(0, found.start() - 200) : found.end() + 100] if found else ""
            if SHOWN in text:
                world.kept["shown"].add(row.name)


def test_control_the_marks_do_show(world):
    assert {"deals:deal-detail", "accounts:employees", "accounts:history"} <= world.kept["shown"], world.kept["shown"]
