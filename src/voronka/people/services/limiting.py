"""What of a card an actor wants to change, by the fields that roles may narrow."""

from collections.abc import Mapping

from voronka.kit.actors import Actor
from voronka.kit.limits import limited_fields, require_writes
from voronka.people.rules.limits import COLUMNS, codes_of_contact, custom_code
from voronka.people.services.shapes import ClientDraft, ContactDraft


def limit_name(code: str) -> str:
    """Return the name of a limited field for people."""
    return next((str(one.name) for one in limited_fields() if one.code == code), code)


def codes_given(draft: ClientDraft) -> set[str]:
    """Return the limited fields that a draft of a new card fills in."""
    empty = ClientDraft()
    found = {
        code for name, code in COLUMNS.items() if _filled(getattr(draft, name, None), getattr(empty, name, None))
    }
    found |= {custom_code(code) for code, value in draft.fields.items() if value not in (None, "", [])}
    return found | {code for one in draft.contacts for code in codes_of_contact(one.kind, one.value)}


def _filled(value: object, empty: object) -> bool:
    return value not in (None, "") and value != empty


def limited_changes(actor: Actor, before: ClientDraft, changes: Mapping[str, object]) -> dict[str, object]:
    """Return the changes with the contacts kept that the actor may not touch.

    Raises Denied for a field that differs and that he may not change, and for a contact that he may not add.
    """
    wanted = dict(changes)
    if not actor.limits:
        return wanted
    codes = {COLUMNS[name] for name, value in wanted.items() if name in COLUMNS and value != getattr(before, name)}
    custom = wanted.get("fields")
    if isinstance(custom, Mapping):
        codes |= {custom_code(code) for code, one in custom.items() if (one or None) != before.fields.get(code)}
    given = wanted.get("contacts")
    if isinstance(given, tuple):
        held = [one for one in before.contacts if not _is_open(actor, one)]
        known = {(one.kind, one.value) for one in held}
        added = [one for one in given if (one.kind, one.value) not in known]
        codes |= {code for one in added for code in codes_of_contact(one.kind, one.value)}
        wanted["contacts"] = (*held, *added)
    require_writes(actor, sorted(codes), name_of=limit_name)
    return wanted


def _is_open(actor: Actor, contact: ContactDraft) -> bool:
    return all(map(actor.writes, codes_of_contact(contact.kind, contact.value)))
