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
from voronka.messaging.services.pictures import picture_address
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.people.models import Client

FIELDS = ("client.name", "client.first_name", "client.middle_name", "client.city", "client.referral_link",
          "client.friend_code", "deal.title", "deal.sum", "deal.stage", "manager.name", "company.name",
          "order.number", "order.total", "order.url", "basket.sum", "basket.url", "basket.lines", "accessories.lines",
          "promo.code", "promo.ends")  # fmt: skip
FRIEND_LINK = "client.referral_link"
# How a company's own field is put into a text; files and persons say nothing in a letter.
_WRITTEN = {"text": "", "number": "", "money": " | money", "date": " | date", "choice": "", "choices": "", "link": "",
            "yes_no": ""}  # fmt: skip
# What `_values` and its callers read of a card.
_READ = ("name", "first_name", "middle_name", "city", "responsible", "fields")
# What an automation has given the client, for the letters that it sends after.
NO_PROMO: Mapping[str, Value] = {"code": "", "ends": ""}
# Codes that a text takes for words of its own language.
# Whom a letter is to, for what is asked for only when its text tells of it; no field of a text.
CLIENT, ORDER = "client_id", "order_id"
NO_ORDER: Mapping[str, Value] = {"number": "", "total": "", "url": "", "lines": []}
NO_BASKET: Mapping[str, Value] = {"sum": "", "url": "", "lines": []}
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
        order = {
            "order": dict(ports.order_words(client.pk, None, actor) or NO_ORDER),
            "basket": dict(ports.basket_words(client.pk, actor) or NO_BASKET),
            "accessories": accessory_words(client.pk, actor),
        }
    promo = {name: deal.get(f"promo.{name}", "") for name in NO_PROMO}
    return _values(client, said, {**deal, "fields": said["deal"]}, actor.name, company) | order | {"promo": promo}


def accessory_words(client_id: int, actor: Actor | None) -> dict[str, Value]:
    """Return lines (name, price, picture, url) of the goods that go with what a client bought last.

    They are as they are on sale now; what has no price is left out. `picture` and `url` may be empty.
    """
    found, shelf = ports.accessories_of(client_id, actor), ports.find_shelf()
    cards = shelf.cards([one for one, _url in found]) if shelf is not None and found else {}
    lines: list[Value] = [
        {"name": card.name, "price": card.price, "url": url,
         "picture": picture_address(card.picture) if card.picture else ""}
        for card, url in ((cards.get(one), url) for one, url in found)
        if card is not None and card.price
    ]  # fmt: skip
    return {"lines": lines}


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
        if self.fields:  # a language put on for each of a campaign's clients is dear
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
            # Asked for by a text that has it only (services/letters.py).
            "referral_link": "",
            "friend_code": "",
            "fields": said["client"],
        },
        "deal": deal,
        "manager": {"name": manager},
        "company": {"name": company},
        "promo": NO_PROMO,
        CLIENT: client.pk,
    }


def values_of_many(client_ids: Sequence[int], actor: Actor) -> dict[int, dict[str, Value]]:
    """Return the values of all fields for clients by id, as far as the actor may see them; a deal says nothing.

    The manager is who answers for the client, the actor where nobody does. As many statements for one as for many.
    """
    # Whoever sees all of a card is not asked field by field: then nothing else of it is read.
    rows = people.client_rows(client_ids, *(() if actor.limits else _READ))
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


def with_friend_links(text: str, values: Sequence[Mapping[str, Value]]) -> list[Mapping[str, Value]]:
    """Return the values of clients with what the text tells of friends: their links, the codes that they got."""
    found = list(values)
    for name, ask in (("referral_link", ports.friend_links), ("friend_code", ports.friend_codes)):
        if name in text:
            found = _with(name, ask, found)
    return found


def _with(name: str, ask: ports.FriendLinks, values: Sequence[Mapping[str, Value]]) -> list[Mapping[str, Value]]:
    wanted = [one.get(CLIENT) for one in values if not _has(name, one)]
    told = ask([pk for pk in wanted if isinstance(pk, int)]) if wanted else {}
    found: list[Mapping[str, Value]] = []
    for one in values:
        client, pk = one.get("client"), one.get(CLIENT)
        if _has(name, one):
            found.append(one)
            continue
        said = told.get(pk, "") if isinstance(pk, int) else ""
        found.append({**one, "client": {**(client if isinstance(client, dict) else {}), name: said}})
    return found


def _has(name: str, values: Mapping[str, Value]) -> bool:
    client = values.get("client")
    return isinstance(client, dict) and bool(client.get(name))


def with_stand_ins(values: Mapping[int, dict[str, Value]]) -> dict[int, dict[str, Value]]:
    """Return the values of clients with a link that is nobody's and as long as theirs: by a look they get none."""
    link, found = ports.friend_stand_in(), dict[int, dict[str, Value]]()
    for pk, one in values.items():
        client = one["client"]
        found[pk] = {**one, "client": {**(client if isinstance(client, dict) else {}), "referral_link": link}}
    return found


def made_up_link(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values of a letter looked at, whose client gets no link for friends by that."""
    client = values["client"]
    return {**values, "client": {**(client if isinstance(client, dict) else {}), "referral_link": "https://…"}}


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
