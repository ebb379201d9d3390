"""How complete a card is for its reader, what it lacks most, and the question that gets it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.kit.actors import Actor
from voronka.people.models import Client, ContactPerson, ContactPoint, CustomField, FieldWeight
from voronka.people.rules.completeness import CUSTOM, share_of, shipped_weights, worth_most
from voronka.people.rules.limits import COLUMNS, CONTACTS, custom_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

QUESTIONS: "Mapping[str, _StrPromise]" = {
    "phone": gettext_lazy("At which number may we call you?"),
    "name": gettext_lazy("How may we address you, by name and surname?"),
    "birthday": gettext_lazy("When may we congratulate you?"),
    "email": gettext_lazy("Where may we send a letter?"),
    "city": gettext_lazy("Which city are you in?"),
    "first_source": gettext_lazy("How did you hear of us?"),
    "address": gettext_lazy("What is your address?"),
    "position": gettext_lazy("What do you do there?"),
    "inn": gettext_lazy("What is the INN of your company?"),
    "persons": gettext_lazy("Whom may we speak to?"),
    "site": gettext_lazy("What is your site?"),
}
MISSING: "Mapping[str, _StrPromise]" = {
    "phone": gettext_lazy("the phone is missing"),
    "name": gettext_lazy("the name or surname is missing"),
    "birthday": gettext_lazy("the birthday is missing"),
    "email": gettext_lazy("the e-mail is missing"),
    "city": gettext_lazy("the city is missing"),
    "first_source": gettext_lazy("where he is from is missing"),
    "address": gettext_lazy("the address is missing"),
    "position": gettext_lazy("the position is missing"),
    "inn": gettext_lazy("the INN is missing"),
    "persons": gettext_lazy("a contact person is missing"),
    "site": gettext_lazy("the site is missing"),
}
# Kinds of own fields that are not answered by a word on the phone.
_SILENT = {CustomField.Kind.FILE, CustomField.Kind.PERSON}


@dataclass(frozen=True, slots=True)
class Fullness:
    """The share in per cent; `code` of the field worth most that is missing, words of it and its question."""

    share: int
    code: str = ""
    missing: str = ""
    question: str = ""


def fullness_of(
    actor: Actor, client: Client, contacts: Iterable[ContactPoint], fields: Sequence[CustomField]
) -> Fullness:
    """Return how complete a card is by the fields that the actor sees; asked for is what he may fill in.

    `contacts` and `fields` are those the actor may see (list_contacts, fields_shown).
    """
    own = {one.code: one for one in fields}
    set_by_company = {one.code: one for one in FieldWeight.objects.all()}
    weights = {
        code: set_by_company[code].weight if code in set_by_company else weight
        for code, weight in shipped_weights(client.kind, list(own)).items()
        if actor.sees(limit_of(code))
    }
    filled = _filled(client, {one.kind for one in contacts}, weights)
    askable = {
        code
        for code in weights
        if actor.writes(limit_of(code))
        and not (code.startswith(CUSTOM) and own[code.removeprefix(CUSTOM)].kind in _SILENT)
    }
    code = worth_most(weights, filled, askable)
    if not code:
        return Fullness(share_of(weights, filled))
    said = set_by_company[code].question if code in set_by_company else ""
    name = own[code.removeprefix(CUSTOM)].name if code.startswith(CUSTOM) else ""
    missing = _("“%(field)s” is missing") % {"field": name} if name else str(MISSING[code])
    return Fullness(share_of(weights, filled), code, missing, said or shipped_question(code, name))


def shipped_question(code: str, name: str = "") -> str:
    """Return the question by which a field is asked for; an own field is asked by its name."""
    return f"{name}?" if code.startswith(CUSTOM) else str(QUESTIONS[code])


def limit_of(code: str) -> str:
    """Return the limited field that a weighed field tells; empty for one that nobody can narrow."""
    if code.startswith(CUSTOM):
        return custom_code(code.removeprefix(CUSTOM))
    return CONTACTS.get(code) or COLUMNS.get(code, "")


def _filled(client: Client, kinds: set[str], weights: Iterable[str]) -> set[str]:
    found = set()
    for code in weights:
        if code.startswith(CUSTOM):
            is_filled = client.fields.get(code.removeprefix(CUSTOM)) not in (None, "", [])
        elif code in CONTACTS:
            is_filled = code in kinds
        elif code == "name":
            is_filled = bool(client.first_name and client.last_name)
        elif code == "persons":
            is_filled = ContactPerson.objects.filter(organisation_id=client.pk).exists()
        else:
            is_filled = bool(getattr(client, code))
        if is_filled:
            found.add(code)
    return found


def list_weights(fields: Sequence[CustomField]) -> dict[str, tuple[int, str]]:
    """Return weight and own question of every field, persons' and organisations', as they hold now."""
    own = [one.code for one in fields]
    weights = {**shipped_weights("person", own), **shipped_weights("organisation", own)}
    held = {one.code: (one.weight, one.question) for one in FieldWeight.objects.all()}
    return {code: held.get(code, (weight, "")) for code, weight in weights.items()}
