"""What a letter may say of its client, deal and author: the names of its fields, and their values for a client."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.texts import Value
from voronka.people import queries as people

FIELDS = ("client.name", "client.first_name", "client.middle_name", "client.city", "deal.title", "deal.sum",
          "deal.stage", "manager.name", "company.name")  # fmt: skip
# How a company's own field is put into a text; files and persons say nothing in a letter.
_WRITTEN = {"text": "", "number": "", "money": " | money", "date": " | date", "choice": "", "choices": "", "link": "",
            "yes_no": ""}  # fmt: skip
# Codes that a text takes for words of its own language.
_RESERVED = {"and", "as", "blank", "cols", "contains", "else", "empty", "false", "for", "if", "in", "limit", "nil",
             "not", "null", "offset", "or", "reversed", "true", "with"}  # fmt: skip


def known_fields(actor: Actor | None = None) -> list[str]:
    """Return the dotted names of all fields that a letter may use, or of those that the actor sees."""
    own = people.list_custom_fields() if actor is None else people.fields_shown(actor)
    return [*FIELDS, *(f"client.fields.{one.code}" for one in own if one.kind in _WRITTEN)]


def own_fields(actor: Actor) -> list[tuple[str, str]]:
    """Return the company's own fields that the actor sees, as they are put into a text, with their names."""
    return [
        (f"client.fields{_place(one.code)}{_WRITTEN[one.kind]}", one.name)
        for one in people.fields_shown(actor)
        if one.kind in _WRITTEN
    ]


def _place(code: str) -> str:
    return f"['{code}']" if code in _RESERVED else f".{code}"


def values_for(client_id: int, deal: Mapping[str, Value], actor: Actor, *, shown: bool = False) -> dict[str, Value]:
    """Return the values of all fields for a client; `shown` leaves out what the actor may not see. Raises NotFound.

    A field of the company's own that is empty, or was put away since the letter was written, says nothing.
    """
    client = people.get_client_row(client_id)
    if shown:
        client = people.shown(actor, client)
    rules = accounts.get_company_rules()
    own = [one for one in people.list_custom_fields(active=False) if one.kind in _WRITTEN]
    with translation.override(rules.language):
        said = {one.code: _said(one.kind, client.fields.get(one.code)) for one in own}
    return {
        "client": {
            "name": client.name,
            "first_name": client.first_name or client.name,
            "middle_name": client.middle_name,
            "city": client.city,
            "fields": said,
        },
        "deal": dict(deal),
        "manager": {"name": actor.name},
        "company": {"name": rules.name},
    }


def _said(kind: str, kept: object) -> Value:
    """Turn a kept value into one that a text can say."""
    if kept is None:
        return None
    if kind == "yes_no":
        return _("yes") if kept else _("no")
    if kind == "choices" and isinstance(kept, list):
        return ", ".join(str(one) for one in kept)
    text = str(kept)
    if kind in {"money", "number"}:
        return Decimal(text)
    return date.fromisoformat(text) if kind == "date" else text
