"""Fields that roles may hide or make read-only: of clients, and the company's own of clients and deals."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Actor
from voronka.kit.limits import LimitedField, register_limited, register_limited_source, register_shade
from voronka.people.queries.rows import list_custom_fields
from voronka.people.queries.shown import name_shown
from voronka.people.rules.limits import COLUMNS, CONTACTS, custom_code


def _client(code: str, name: Any) -> LimitedField:  # a lazy text
    return LimitedField("client", code, name)


register_limited(
    _client("client.phone", _("Phones")),
    _client("client.email", _("E-mail addresses")),
    _client("client.messengers", _("Messengers and sites")),
    _client("client.city", _("City")),
    _client("client.address", _("Address")),
    _client("client.position", _("Position")),
    _client("client.birthday", _("Birthday")),
    _client("client.comment", _("Comment")),
    _client("client.requisites", _("Requisites: INN, KPP, OGRN, account")),
    _client("client.sum", _("Bought for")),
    _client("client.source", _("Where from")),
    _client("client.external_id", _("Number in another system")),
)


def _own_fields() -> Sequence[LimitedField]:
    return [
        LimitedField(one.subject, custom_code(one.code, one.subject), one.name)
        for one in list_custom_fields(subject=None)
    ]


register_limited_source(_own_fields)


def shade_client(actor: Actor, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the kept columns of a card that the actor may see, custom fields one by one."""
    seen = {name: value for name, value in columns.items() if name not in COLUMNS or actor.sees(COLUMNS[name])}
    if isinstance(seen.get("fields"), dict):
        seen["fields"] = {code: one for code, one in seen["fields"].items() if actor.sees(custom_code(code))}
        if not seen["fields"] and columns["fields"]:
            del seen["fields"]
    # A card may be called by its phone or its address alone.
    return {
        name: name_shown(actor, one) if name in ("name", "name_key") and isinstance(one, str) else one
        for name, one in seen.items()
    }


def shade_contact(actor: Actor, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the kept columns of a contact. A change does not always say of which kind it was: one hidden hides all."""
    if all(actor.sees(code) for code in set(CONTACTS.values())):
        return columns
    return {name: value for name, value in columns.items() if name not in ("value", "raw", "extension", "label")}


def shade_address(actor: Actor, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the kept columns of one more address that the actor may see."""
    closed = {"label", "line", "postcode"} if not actor.sees("client.address") else set()
    closed |= {"city"} if not actor.sees("client.city") else set()
    return {name: value for name, value in columns.items() if name not in closed}


register_shade("people_client", shade_client)
register_shade("people_address", shade_address)
register_shade("people_contactpoint", shade_contact)
