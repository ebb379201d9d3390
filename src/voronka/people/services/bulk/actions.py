"""What may be done to many cards at once, and what one of them does to a card.

An action changes one thing. Consents are not among them: each is an act of its own client.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor, Right
from voronka.kit.errors import Invalid
from voronka.kit.limits import require_writes
from voronka.people.models import CustomField
from voronka.people.permissions import BULK_EDIT, DELETE_CLIENTS, EDIT_CLIENTS
from voronka.people.queries.shown import fields_open
from voronka.people.rules.limits import custom_code
from voronka.people.rules.zones import choose_zone
from voronka.people.services.cleaning import Problems, fit
from voronka.people.services.fields import clean_values
from voronka.people.services.imports.cards import ZONE, Card, Change, plain
from voronka.people.services.limiting import limit_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RESPONSIBLE, CITY, VIP, FIELD, ADD, REMOVE, BIN = "responsible", "city", "vip", "field", "add", "remove", "bin"
ACTIONS: "Mapping[str, _StrPromise]" = {
    RESPONSIBLE: gettext_lazy("Responsible"),
    CITY: gettext_lazy("City"),
    VIP: gettext_lazy("VIP"),
    FIELD: gettext_lazy("Own field"),
    ADD: gettext_lazy("Add a choice"),
    REMOVE: gettext_lazy("Take a choice away"),
    BIN: gettext_lazy("Delete"),
}
WHO = "responsible_id"


@dataclass(frozen=True, slots=True)
class Action:
    """An action with its value as it is kept: of a custom field by its code in `field`."""

    code: str
    field: str = ""
    value: Any = None  # a JSON value

    @property
    def key(self) -> str:
        """The column that it changes, as rows of the run name it."""
        if self.code in (FIELD, ADD, REMOVE):
            return f"fields.{self.field}"
        return {RESPONSIBLE: WHO, CITY: "city", VIP: "is_vip", BIN: "binned"}[self.code]


def actions_for(actor: Actor) -> list[str]:
    """Return the codes of the actions that the actor may use."""
    found = []
    if actor.may(BULK_EDIT):
        found = [RESPONSIBLE, CITY, VIP] if actor.writes("client.city") else [RESPONSIBLE, VIP]
        open_fields = _fields(actor)
        if open_fields:
            found.append(FIELD)
        if any(one.kind == CustomField.Kind.CHOICES for one in open_fields):
            found += [ADD, REMOVE]
    return [*found, BIN] if actor.may(DELETE_CLIENTS) else found


def _fields(actor: Actor) -> list[CustomField]:
    """Return the own fields that the actor may set on many cards; a file belongs to one card alone."""
    return [one for one in fields_open(actor) if one.kind != CustomField.Kind.FILE]


def read_action(actor: Actor, code: str, *, field: str = "", value: object = None) -> Action:
    """Return an action as people gave it. Raises Denied for one he may not use, Invalid with the place at fault."""
    if code not in ACTIONS:
        raise Invalid(_("Choose what to change."), fields={"action": _("Choose what to change.")})
    require_action(actor, Action(code, field))
    match code:
        case "responsible":
            return Action(code, value=_employee(str(value or "")))
        case "city":
            problems = Problems()
            city = fit("value", str(value or ""), 120, problems)
            problems.settle()
            return Action(code, value=city)
        case "vip":
            if value not in ("yes", "no"):
                raise Invalid(_("Answer yes or no."), fields={"value": _("Answer yes or no.")})
            return Action(code, value=value == "yes")
        case "bin":
            return Action(code)
    return _of_field(actor, code, field, value)


def require_action(actor: Actor, action: Action) -> None:
    """Raise Denied unless the actor may still do it: asked again before each piece of work."""
    if action.code == BIN:
        actor.require(DELETE_CLIENTS)
        return
    actor.require(BULK_EDIT)
    if action.code == CITY:
        require_writes(actor, ["client.city"], name_of=limit_name)
    elif action.code in (FIELD, ADD, REMOVE) and action.field:
        require_writes(actor, [custom_code(action.field)], name_of=limit_name)


def _employee(text: str) -> int | None:
    if text == "none":
        return None
    if not text.isdecimal() or len(text) > 18 or not accounts.is_working(int(text)):
        raise Invalid(_("There is no such employee."), fields={"value": _("There is no such employee.")})
    return int(text)


def _of_field(actor: Actor, code: str, field: str, value: object) -> Action:
    known = {one.code: one for one in _fields(actor)}
    chosen = known.get(field)
    if chosen is None or (code in (ADD, REMOVE) and chosen.kind != CustomField.Kind.CHOICES):
        raise Invalid(_("Choose a field."), fields={"field": _("Choose a field.")})
    try:
        cleaned = clean_values([chosen], {field: value})[field]
    except Invalid as wrong:
        message = next(iter(wrong.fields.values()), wrong.message)
        raise Invalid(message, fields={"value": message}) from wrong
    if code in (ADD, REMOVE) and not cleaned:
        raise Invalid(_("Choose at least one."), fields={"value": _("Choose at least one.")})
    return Action(code, field, cleaned)


def apply_action(action: Action, card: Card, *, company_zone: str) -> Change:
    """Change a card in memory; return what was replaced and written by column, nothing where it holds that already."""
    change = Change({}, {})
    match action.code:
        case "responsible":
            if card.responsible_id != action.value:
                change.before[WHO], change.written[WHO] = card.responsible_id, action.value
                card.responsible_id = action.value
        case "city":
            _set(card, "city", action.value, change)
            if change:
                _set_zone(card, company_zone, change)
        case "vip":
            _set(card, "is_vip", action.value, change)
        case "field" | "add" | "remove":
            _set_custom(action, card, change)
    return change


def _set(card: Card, name: str, value: object, change: Change) -> None:
    if card.values[name] != value:
        change.before[name], change.written[name] = plain(card.values[name]), plain(value)
        card.values[name] = value


def _set_zone(card: Card, company_zone: str, change: Change) -> None:
    """Let the clock follow the city, unless a person or his browser said what it is."""
    if card.values["zone_source"] in ("hand", "browser"):
        return
    found = choose_zone(
        city=str(card.values["city"]),
        address=str(card.values["address"]),
        phones=[one.value for one in card.contacts if one.kind == "phone"],
    )
    for name, value in zip(ZONE, (found.zone or company_zone, found.source or "company", found.sure), strict=True):
        _set(card, name, value, change)


def _set_custom(action: Action, card: Card, change: Change) -> None:
    fields = card.values["fields"]
    held: dict[str, Any] = dict(fields) if isinstance(fields, dict) else {}
    before = held.get(action.field)
    after = action.value
    if action.code != FIELD:
        kept = list(before) if isinstance(before, list) else []
        if action.code == ADD:
            after = [*kept, *(one for one in action.value if one not in kept)]
        else:
            after = [one for one in kept if one not in action.value] or None
    if before == after:
        return
    change.before[action.key], change.written[action.key] = before, after
    held[action.field] = after
    card.values["fields"] = {code: one for code, one in held.items() if one is not None}


def already(action: Action) -> Q:
    """Return the condition of cards on which the action would change nothing."""
    match action.code:
        case "responsible":
            return Q(responsible_id=action.value)
        case "city":
            return Q(city=action.value)
        case "vip":
            return Q(is_vip=action.value)
        case "field" if action.value is None:
            return ~Q(fields__has_key=action.field)
        case "field":
            return Q(**{f"fields__{action.field}": action.value})
        case "add":
            return Q(fields__contains={action.field: action.value})
        case "remove":
            absent = Q()
            for one in action.value:
                absent &= ~Q(fields__contains={action.field: [one]})
            return absent
    return Q(pk__in=[])


def right_of(action: Action) -> Right:
    """Return the right that each card asks for."""
    return DELETE_CLIENTS if action.code == BIN else EDIT_CLIENTS


def value_words(action: Action, value: object, names: Mapping[int, str]) -> str:
    """Say a value of the action's column for people; `names` are of employees."""
    if action.code == RESPONSIBLE:
        return names.get(int(str(value)), "") if value else _("nobody")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
