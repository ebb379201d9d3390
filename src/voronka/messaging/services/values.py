"""What a letter may say of its client, deal and author: the names of its fields, and their values for a client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.texts import Value
from voronka.messaging import ports
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.people.models import Client

FIELDS = ("client.name", "client.first_name", "client.middle_name", "client.city", "deal.title", "deal.sum",
          "deal.stage", "manager.name", "company.name", "order.number", "order.total", "order.url")  # fmt: skip
# How a company's own field is put into a text; files and persons say nothing in a letter.
_WRITTEN = {"text": "", "number": "", "money": " | money", "date": " | date", "choice": "", "choices": "", "link": "",
            "yes_no": ""}  # fmt: skip
# Codes that a text takes for words of its own language.
# Whom a letter is to, for what is asked for only when its text tells of it; no field of a text.
CLIENT, ORDER = "client_id", "order_id"
NO_ORDER: Mapping[str, Value] = {"number": "", "total": "", "url": "", "lines": []}
_RESERVED = {"and", "as", "blank", "cols", "contains", "else", "empty", "false", "for", "if", "in", "limit", "nil",
             "not", "null", "offset", "or", "reversed", "true", "with"}  # fmt: skip


def known_fields(actor: Actor | None = None) -> list[str]:
    """Return the dotted names of all fields that a letter may use, or of those that the actor sees."""
    own = people.list_custom_fields(subject=None) if actor is None else people.fields_shown(actor, subject=None)
    return [*FIELDS, *(f"{one.subject}.fields.{one.code}" for one in own if one.kind in _WRITTEN)]


def own_fields(actor: Actor) -> list[tuple[str, str]]:
    """Return the company's own fields that the actor sees, as they are put into a text, with their names."""
    return [
        (
            f"{one.subject}.fields{_place(one.code)}{_WRITTEN[one.kind]}",
            _("deal: %(field)s") % {"field": one.name} if one.subject == "deal" else one.name,
        )
        for one in people.fields_shown(actor, subject=None)
        if one.kind in _WRITTEN
    ]


def written_fields(actor: Actor) -> list[str]:
    """Return the fields that the actor may name in a letter, as they are written into it."""
    return [*FIELDS, *(field for field, _name in own_fields(actor))]


def _place(code: str) -> str:
    return f"['{code}']" if code in _RESERVED else f".{code}"


def values_for(
    client_id: int,
    deal: Mapping[str, Value],
    actor: Actor,
    *,
    own: Mapping[str, object] = MappingProxyType({}),
    shown: bool = False,
) -> dict[str, Value]:
    """Return the values of all fields for a client and what is known of his deal, `own` its own fields by code.

    `shown` leaves out what the actor may not see. A field of the company's own that is empty, or was put away since
    the letter was written, says nothing. Raises NotFound.
    """
    client = people.get_client_row(client_id)
    if shown:
        client = people.shown(actor, client)
        own = people.own_shown(actor, "deal", own)
    said = _Own.of_company().said({"client": client.fields, "deal": own})
    company = accounts.get_company_rules().name
    # An order is asked for here for a preview only, else by a letter that tells of one (services/letters.py).
    order: dict[str, Value] = {}
    if shown:
        order = {"order": dict(ports.order_words(client.pk, None, actor) or NO_ORDER)}
    return _values(client, said, {**deal, "fields": said["deal"]}, actor.name, company) | order


@dataclass(frozen=True, slots=True)
class _Own:
    """The company's own fields and its rules, read once for many letters."""

    fields: tuple[tuple[str, str, str], ...]
    language: str

    @classmethod
    def of_company(cls) -> Self:
        found = people.list_custom_fields(subject=None, active=False)
        fields = tuple((one.subject, one.code, one.kind) for one in found if one.kind in _WRITTEN)
        return cls(fields, accounts.get_company_rules().language)

    def said(self, held: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, Value]]:
        """Return the values by subject and code as a text can say them."""
        said: dict[str, dict[str, Value]] = {"client": {}, "deal": {}}
        with translation.override(self.language):
            for subject, code, kind in self.fields:
                said[subject][code] = _said(kind, held[subject].get(code))
        return said


def _values(
    client: "Client", said: Mapping[str, Mapping[str, Value]], deal: Mapping[str, Value], manager: str, company: str
) -> dict[str, Value]:
    return {
        "client": {
            "name": client.name,
            "first_name": client.first_name or client.name,
            "middle_name": client.middle_name,
            "city": client.city,
            "fields": said["client"],
        },
        "deal": deal,
        "manager": {"name": manager},
        "company": {"name": company},
        CLIENT: client.pk,
    }


def values_of_many(client_ids: Sequence[int], actor: Actor) -> dict[int, dict[str, Value]]:
    """Return the values of all fields for clients by id, as far as the actor may see them; a deal says nothing.

    The manager is who answers for the client, the actor where nobody does. As many statements for one as for many.
    """
    rows = people.client_rows(client_ids)
    own, company = _Own.of_company(), accounts.get_company_rules().name
    names = accounts.employee_names([one.responsible_id for one in rows.values() if one.responsible_id])
    found = {}
    for pk, row in rows.items():
        client = people.shown(actor, row)
        said = own.said({"client": client.fields, "deal": {}})
        deal: dict[str, Value] = {"title": "", "sum": None, "stage": "", "fields": said["deal"]}
        manager = names.get(row.responsible_id or 0, actor.name)
        found[pk] = _values(client, said, deal, manager, company)
    return found


def made_up_fields(actor: Actor) -> dict[str, object]:
    """Return values of own fields of a deal that there is not yet: each says its name in a letter looked at."""
    plain: dict[str, object] = {"number": "0", "money": "0", "date": "2026-12-31", "yes_no": True}
    return {one.code: plain.get(one.kind, f"({one.name})") for one in people.fields_shown(actor, subject="deal")}


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
