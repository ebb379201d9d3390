"""What the columns of a file mean, and what is done with doubtful rows: checked before it is kept."""

from collections.abc import Mapping, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.people import queries
from voronka.people.models import CustomField
from voronka.people.permissions import MANAGE_FIELDS
from voronka.people.rules.import_plan import REJECT, TARGETS, WAYS, WITHOUT, Plan
from voronka.people.rules.limits import code_of_target
from voronka.people.services import fields
from voronka.people.services.imports.cards import FILL, POLICIES
from voronka.people.services.words import ADDRESS_LABELS

# Targets that several columns may share; of the others a file has one column.
MANY = frozenset(("", "phone", "email", "telegram", "whatsapp", "vk", "max", "site", "comment", "new"))
NEW_KINDS = ("text", "number", "money", "date", "yes_no", "link")
CONSENTS = (("personal_data", "any"), ("advertising", "any"))
SOURCE_LIMIT = 200


def clean_mapping(
    given: Sequence[Mapping[str, object]], *, width: int | None = None, actor: Actor | None = None
) -> list[dict[str, str]]:
    """Return a mapping fit to keep. Raises Invalid at `column_N` (from 0) for each column at fault.

    Without an actor (a remembered mapping) what is wrong is left out instead: a field may have been put away since.
    """
    known = {f"custom:{one.code}" for one in queries.list_custom_fields()}
    shut = {target for target in (*TARGETS, *known) if actor is not None and not actor.writes(code_of_target(target))}
    may_add = actor is None or actor.may(MANAGE_FIELDS)
    problems: dict[str, str] = {}
    seen: set[str] = set()
    names = {one.name.lower(): f"custom:{one.code}" for one in queries.list_custom_fields()}
    cleaned: list[dict[str, str]] = []
    for index in range(len(given) if width is None else width):
        one = given[index] if index < len(given) else {}
        target = str(one.get("target", ""))
        problem = _problem(target, known, seen, may_add)
        if target in shut:
            problem = _("Your role may not change this field.")
        if problem:
            problems[f"column_{index}"] = problem
            target = ""
        seen.add(target)
        entry = {"target": target}
        if target == "new":
            name, kind = " ".join(str(one.get("name", "")).split())[:100], str(one.get("kind", "text"))
            field = names.setdefault(name.lower(), f"new {name.lower()}")
            if not name:
                problems[f"column_{index}"] = _("Give the field a name.")
            elif field in seen:
                problems[f"column_{index}"] = _("Another column means this already.")
            seen.add(field)
            entry |= {"name": name, "kind": kind if kind in NEW_KINDS else "text"}
        cleaned.append(entry)
    if actor is not None:
        if not problems and not any(seen & {"name", "last_name", "first_name", "organisation", "phone", "email"}):
            problems["column_0"] = _("Say which column holds names, phones or e-mail addresses.")
        if problems:
            raise Invalid(_("Look at the marked columns."), fields=problems)
    return cleaned


def _problem(target: str, known: set[str], seen: set[str], may_add: bool) -> str:
    if target == "new" and not may_add:
        return _("You have no right to set up fields.")
    if target not in TARGETS and target not in known and target not in ("", "new"):
        return _("Choose one of the list.")
    if target in seen and target not in MANY:
        return _("Another column means this already.")
    return ""


def clean_options(given: Mapping[str, object]) -> dict[str, object]:
    """Return options with their usual values where none or an unknown one is given.

    `duplicates` is one of cards.POLICIES; each code of rules.import_rows.WAYS says `without` (load the row without
    the value) or `reject`; `source` goes onto new cards; `consents` are purposes that all clients of the file agreed
    to, `consent_source` where that was written down.
    """
    options: dict[str, object] = {
        "duplicates": given.get("duplicates") if given.get("duplicates") in POLICIES else FILL,
        "source": " ".join(str(given.get("source", "")).split())[:SOURCE_LIMIT],
        "consent_source": " ".join(str(given.get("consent_source", "")).split())[:SOURCE_LIMIT],
    }
    for code, usual in WAYS.items():
        options[code] = given.get(code) if given.get(code) in (WITHOUT, REJECT) else usual
    asked = given.get("consents")
    purposes = asked if isinstance(asked, list | tuple) else []
    options["consents"] = [purpose for purpose, _channel in CONSENTS if purpose in purposes]
    return options


def check_consents(options: Mapping[str, object]) -> None:
    """Raise Invalid where consents are claimed and nobody says where they come from."""
    if options["consents"] and not options["consent_source"]:
        message = _("Say where the consents come from: a form on the site, a signed paper.")
        raise Invalid(message, fields={"consent_source": message})


def make_new_fields(actor: Actor, mapping: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Make the custom fields that the mapping asks for; return it with their codes. Raises Denied, Invalid."""
    settled = []
    by_name = {one.name.lower(): one for one in queries.list_custom_fields()}
    for one in mapping:
        if one["target"] != "new":
            settled.append(dict(one))
            continue
        field = by_name.get(one["name"].lower()) or fields.add_field(actor=actor, name=one["name"], kind=one["kind"])
        by_name[field.name.lower()] = field
        settled.append({"target": f"custom:{field.code}"})
    return settled


def make_plan(
    mapping: Sequence[Mapping[str, str]], options: Mapping[str, object], *, country: str, zone: str, today: object
) -> Plan:
    """Return what reads rows: plain values that another process can take."""
    kinds: dict[str, tuple[str, tuple[str, ...]]] = {
        f"custom:{one.code}": (one.kind, tuple(one.options)) for one in queries.list_custom_fields()
    }
    targets = []
    for index, one in enumerate(mapping):
        target = one["target"]
        if target == "new":  # in the check, before the field is made
            target = f"custom:new_{index}"
            kinds[target] = (one["kind"], ())
        targets.append(target if target in TARGETS or target in kinds else "")
    return Plan(
        targets=tuple(targets),
        custom=kinds,
        ways={code: str(options[code]) for code in WAYS},
        country=country,
        zone=zone,
        today=today,  # type: ignore[arg-type]  # a date
        labels=address_labels(),
    )


def address_labels() -> dict[str, str]:
    """Return what addresses of their own columns are called on cards, in the company's language."""
    with translation.override(accounts.get_company_rules().language):
        return {target: str(words) for target, words in ADDRESS_LABELS.items()}


def custom_field_names() -> dict[str, str]:
    """Return the names of custom fields by target."""
    return {f"custom:{one.code}": one.name for one in CustomField.objects.filter(subject="client", is_active=True)}


def open_targets(actor: Actor) -> list[str]:
    """Return what a column may mean that the actor loads: fields that he may change, the company's own among them."""
    return [one for one in (*TARGETS, *custom_field_names()) if actor.writes(code_of_target(one))]
