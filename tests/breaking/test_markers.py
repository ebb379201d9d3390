"""A mark of markup in every name and text of a company: on every page it shows as letters, never as markup.

That nothing runs in a real browser is shown by the browser tests; this walks all addresses of the table.
"""

import re

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from isolation_table import all_rows, body_of, make_world, signed

from voronka.deals.models import ButtonSet
from voronka.kit.tenancy import walls

MARK = "\"'><s41>"
RAW = re.compile(r"<s41>|\"'(?:>|&gt;)(?:<|&lt;)s41")
SHOWN = "&lt;s41&gt;"
WORDS = {
    "name", "first_name", "last_name", "middle_name", "title", "label", "comment", "text", "message", "city",
    "subject", "body", "first_source", "raw", "note", "address_line",
}  # fmt: skip
ROWS = [row for row in all_rows() if row.method == "GET"]


def mark_everything() -> int:
    """Put the mark into every text of people of the current company; return how many columns hold it."""
    marked = 0
    for model in walls.company_tables().values():
        if getattr(model, "append_only", False) or getattr(model, "written_by_trigger", False):
            continue
        fields = [one for one in model._meta.concrete_fields if one.name in WORDS or one.name == "tags"]
        for row in model.objects.all():
            for field in fields:
                if isinstance(field, ArrayField):
                    setattr(row, field.name, [MARK])
                elif isinstance(field, models.CharField | models.TextField) and not field.choices:
                    setattr(row, field.name, f"{MARK}{row.pk}"[: field.max_length or 100])
                marked += 1
            if fields:
                row.save(update_fields=[one.name for one in fields])
    for one in ButtonSet.objects.all():
        for button in one.buttons:
            button["label"] = MARK
            for number, outcome in enumerate(button["outcomes"]):
                outcome["label"] = f"{MARK}{number}"
        one.save(update_fields=["buttons"])
    for press in apps.get_model("deals.Press").objects.all():
        press.effects = [{**effect, "words": MARK} for effect in press.effects]
        press.save(update_fields=["effects"])
    return marked


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Build the world once, with the mark in it; nothing stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        with made.inside():
            assert mark_everything() > 40
        made.kept["shown"] = set()
        yield made
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_page_shows_a_mark_as_markup(world, row):
    for headers in ({}, {"HX-Request": "true"}):
        with transaction.atomic():
            client = signed(world.owner)
            client.defaults.update({f"HTTP_{key.upper().replace('-', '_')}": value for key, value in headers.items()})
            answer = row.ask(client, world)
            text = body_of(answer)
            transaction.set_rollback(True)
        assert answer.status_code < 500
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            found = RAW.search(text)
            assert found is None, text[max(0, found.start() - 200) : found.end() + 100] if found else ""
            if SHOWN in text:
                world.kept["shown"].add(row.name)


def test_control_the_marks_do_show(world):
    assert {"deals:deal-detail", "accounts:employees", "accounts:history"} <= world.kept["shown"], world.kept["shown"]
