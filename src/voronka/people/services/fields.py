"""Custom fields: their set-up, and values checked by kind."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.models import StoredFile
from voronka.kit.subjects import Subject
from voronka.people import ports
from voronka.people.events import FieldsSetUp
from voronka.people.models import CustomField
from voronka.people.permissions import MANAGE_FIELDS
from voronka.people.rules.texts import clean_text
from voronka.people.rules.values import parse_bool, parse_date, parse_money, parse_number
from voronka.people.services.cleaning import Problems, fit, is_web_link

TEXT_LIMIT, LINK_LIMIT, FIELDS_LIMIT, OPTIONS_LIMIT = 2_000, 1_000, 100, 100
SUBJECTS = ("client", "deal")  # whose fields a company may add to
CHOICE_KINDS = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDraft:
    """A custom field that a set-up brings: `subject` is client or deal, `kind` one of CustomField.Kind."""

    code: str
    name: str
    kind: str
    subject: str = "client"
    options: tuple[str, ...] = ()


def add_field(
    *, actor: Actor, name: str, kind: str, options: Sequence[str] = (), subject: str = "client", code: str = ""
) -> CustomField:
    """Add a custom field at the end of the list; its code is made of the name unless one is given.

    Raises Denied, Invalid.
    """
    actor.require(MANAGE_FIELDS)
    problems = Problems()
    tidy = fit("name", name, 100, problems)
    if not tidy:
        problems.add("name", _("Give the field a name."))
    if kind not in CustomField.Kind.values:
        problems.add("kind", _("Choose one of the list."))
    if subject not in SUBJECTS:
        problems.add("subject", _("Choose one of the list."))
    choices = _options(kind, options, problems)
    problems.settle()
    with transaction.atomic():
        known = list(CustomField.objects.select_for_update().filter(subject=subject).order_by("position", "id"))
        if len(known) >= FIELDS_LIMIT:
            raise Invalid(_("There are %(most)d fields already; put away some.") % {"most": FIELDS_LIMIT})
        if any(one.name.lower() == tidy.lower() and one.is_active for one in known):
            message = _("There is a field of this name.")
            raise Invalid(message, fields={"name": message})
        made = CustomField(
            subject=subject,
            code=_free_code(code or tidy, {one.code for one in known}),
            name=tidy,
            kind=kind,
            options=choices,
            position=max((one.position for one in known), default=-1) + 1,
        )
        made.save()
        publish(FieldsSetUp(field_id=made.pk, change="added"))
    return made


def change_field(
    *,
    actor: Actor,
    public_id: str,
    name: str | None = None,
    options: Sequence[str] | None = None,
    is_active: bool | None = None,
) -> CustomField:
    """Rename a field, change its choices, put it away or take it back; what is not given stays, and its values do.

    Raises Denied, NotFound, Invalid.
    """
    actor.require(MANAGE_FIELDS)
    problems = Problems()
    with transaction.atomic():
        field = _locked(public_id)
        if name is not None:
            field.name = fit("name", name, 100, problems)
        if not field.name:
            problems.add("name", _("Give the field a name."))
        if options is not None:
            field.options = _options(field.kind, options, problems)
        if is_active is not None:
            field.is_active = is_active
        same = CustomField.objects.filter(subject=field.subject, name__iexact=field.name, is_active=True)
        if field.is_active and same.exclude(pk=field.pk).exists():
            problems.add("name", _("There is a field of this name."))
        problems.settle()
        field.save(update_fields=["name", "options", "is_active"])
        publish(FieldsSetUp(field_id=field.pk, change="changed"))
    return field


def move_field(*, actor: Actor, public_id: str, by: int) -> CustomField:
    """Move a field up (-1) or down (+1) in its list and return it. Raises Denied, NotFound."""
    actor.require(MANAGE_FIELDS)
    with transaction.atomic():
        field = _locked(public_id)
        rows = list(CustomField.objects.select_for_update().filter(subject=field.subject).order_by("position", "id"))
        at = next(number for number, row in enumerate(rows) if row.pk == field.pk)
        rows.insert(min(max(at + by, 0), len(rows) - 1), rows.pop(at))
        for number, row in enumerate(rows):
            if row.position != number:
                row.position = number
                row.save(update_fields=["position"])
        publish(FieldsSetUp(field_id=field.pk, change="moved"))
    return field


def clean_values(
    known: Iterable[CustomField], given: Mapping[str, object], *, owner: Subject | None = None
) -> dict[str, object]:
    """Return the values fit to keep, None for those to be emptied.

    Texts are read by the field's kind: numbers as people write them, dates Russian or ISO. A file is named by
    the public id of a stored file of `owner`, the very client or deal. Raises Invalid with `field_CODE` at the fields
    at fault.
    """
    by_code, problems, cleaned = {one.code: one for one in known}, Problems(), dict[str, object]()
    for code, raw in given.items():
        field = by_code.get(code)
        if field is None:
            problems.add(f"field_{code}"[:60], _("There is no such field."))
            continue
        try:
            cleaned[code] = None if _is_empty(raw) else _READERS[field.kind](field, raw, owner)
        except _Wrong as wrong:
            problems.add(f"field_{code}", str(wrong))
    problems.settle()
    return cleaned


class _Wrong(ValueError):
    """The value does not fit its field; the text says why."""


def _is_empty(raw: object) -> bool:
    return raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())


def _text(field: CustomField, raw: object, owner: Subject | None) -> object:
    problems = Problems()
    text = fit("x", _plain(raw), TEXT_LIMIT, problems, lines=True)
    if problems.fields:
        raise _Wrong(problems.fields["x"])
    return text or None


def _number(field: CustomField, raw: object, owner: Subject | None) -> object:
    number = parse_number(raw).value
    if number is None:
        raise _Wrong(_("This is not a number: write it like 12,5."))
    return format(round(number, 6).normalize(), "f")


def _money(field: CustomField, raw: object, owner: Subject | None) -> object:
    money = parse_money(raw).value
    if money is None:
        raise _Wrong(_("This is not a sum: write it like 1 500,50."))
    return format(money, ".2f")


def _date(field: CustomField, raw: object, owner: Subject | None) -> object:
    day = parse_date(raw).value
    if day is None:
        raise _Wrong(_("There is no such day: write it like 31.12.2026."))
    return day.isoformat()


def _choice(field: CustomField, raw: object, owner: Subject | None) -> object:
    wanted = clean_text(_plain(raw), 200).text
    for option in field.options:
        if option.lower() == wanted.lower():
            return option
    raise _Wrong(_("Choose one of the list."))


def _choices(field: CustomField, raw: object, owner: Subject | None) -> object:
    parts = raw if isinstance(raw, (list, tuple)) else re.split(r"[;,\n]", _plain(raw))
    chosen = [_choice(field, part, owner) for part in parts if not _is_empty(part)]
    return list(dict.fromkeys(str(one) for one in chosen)) or None


def _person(field: CustomField, raw: object, owner: Subject | None) -> object:
    text = str(raw)
    if not text.isdecimal() or len(text) > 18 or not accounts.employee_names([int(text)]):
        raise _Wrong(_("There is no such employee."))
    return int(text)


def _link(field: CustomField, raw: object, owner: Subject | None) -> object:
    text = clean_text(_plain(raw), LINK_LIMIT + 1).text
    if len(text) > LINK_LIMIT or not is_web_link(text):
        raise _Wrong(_("This is not a link: it begins with http:// or https://."))
    return text


def _file(field: CustomField, raw: object, owner: Subject | None) -> object:
    known = StoredFile.objects.filter(public_id=_plain(raw)[:20])
    if owner is None or not known.filter(subject_kind=owner.kind, subject_id=owner.id).exists():
        raise _Wrong(_("There is no such file. Add it again."))
    return _plain(raw)


def _yes_no(field: CustomField, raw: object, owner: Subject | None) -> object:
    if isinstance(raw, bool):
        return raw
    answer = parse_bool(_plain(raw)).value
    if answer is None:
        raise _Wrong(_("Answer yes or no."))
    return answer


def _plain(raw: object) -> str:
    if isinstance(raw, (str, int, float, Decimal)):
        return str(raw)
    raise _Wrong(_("This is not a text."))


_READERS: dict[str, Any] = {  # functions of one shape; the enum's members are the keys
    CustomField.Kind.TEXT: _text,
    CustomField.Kind.NUMBER: _number,
    CustomField.Kind.MONEY: _money,
    CustomField.Kind.DATE: _date,
    CustomField.Kind.CHOICE: _choice,
    CustomField.Kind.CHOICES: _choices,
    CustomField.Kind.PERSON: _person,
    CustomField.Kind.LINK: _link,
    CustomField.Kind.FILE: _file,
    CustomField.Kind.YES_NO: _yes_no,
}


def _options(kind: str, given: Sequence[str], problems: Problems) -> list[str]:
    if kind not in CHOICE_KINDS:
        return []
    tidy = list(dict.fromkeys(line for line in (fit("options", one, 100, problems) for one in given) if line))
    if not tidy:
        problems.add("options", _("Name the choices, one in a line."))
    if len(tidy) > OPTIONS_LIMIT:
        problems.add("options", _("At most %(most)d choices.") % {"most": OPTIONS_LIMIT})
    return tidy


_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f h c ch sh sch _ y _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)


def _free_code(text: str, taken: set[str]) -> str:
    latin = "".join(_LATIN.get(sign, sign) for sign in text.lower())
    base = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:34] or "field"
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}_{number}"
    return code


def _locked(public_id: str) -> CustomField:
    field = CustomField.objects.select_for_update().filter(public_id=public_id).first()
    if field is None:
        raise NotFound(_("There is no such field."))
    return field


@transaction.atomic
def set_up_fields(*, actor: Actor, add: Iterable[FieldDraft], drop: Iterable[FieldDraft] = ()) -> None:
    """Have the fields of `add`, by their codes, and none of `drop`; one of these that holds a value is but put away.

    Harmless when all is so already. Raises Denied, Invalid.
    """
    actor.require(MANAGE_FIELDS)
    known = {(one.subject, one.code): one for one in CustomField.objects.select_for_update()}
    for draft in drop:
        field = known.pop((draft.subject, draft.code), None)
        if field is None:
            continue
        if ports.holds_field(field.subject, field.code):
            CustomField.objects.filter(pk=field.pk).update(is_active=False)
            publish(FieldsSetUp(field_id=field.pk, change="changed"))
        else:
            field.delete()
    for draft in add:
        field = known.get((draft.subject, draft.code))
        if field is None:
            add_field(
                actor=actor,
                name=draft.name,
                kind=draft.kind,
                options=draft.options,
                subject=draft.subject,
                code=draft.code,
            )
        elif not field.is_active:
            CustomField.objects.filter(pk=field.pk).update(is_active=True)
            publish(FieldsSetUp(field_id=field.pk, change="changed"))
