"""A card made ready: what was typed becomes values fit to keep, with the places that are wrong named."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts.queries import CompanyRules
from voronka.kit.clocks import hold_half_hour, known_zones
from voronka.kit.errors import Invalid
from voronka.kit.requisites import parse_account, parse_bik, parse_inn, parse_kpp, parse_ogrn
from voronka.kit.subjects import Subject
from voronka.people.models import Client, ContactPoint, CustomField, MatchKey
from voronka.people.rules import duplicates
from voronka.people.rules.emails import Email, parse_emails
from voronka.people.rules.names import name_key, parse_name
from voronka.people.rules.phones import Phone, parse_phones
from voronka.people.rules.values import parse_date
from voronka.people.rules.zones import choose_zone
from voronka.people.services.cleaning import Problems, fit, is_web_link
from voronka.people.services.fields import clean_values
from voronka.people.services.shapes import ClientDraft, ContactDraft

LINE_LIMITS = {
    "last_name": 100,
    "first_name": 100,
    "middle_name": 100,
    "city": 120,
    "address": 500,
    "address_label": 60,
    "postcode": 20,
    "position": 200,
    "external_id": 100,
    "source": 200,
}
COMMENT_LIMIT, CONTACTS_LIMIT = 10_000, 30
REQUISITES = ("inn", "kpp", "ogrn", "bik", "account")


@dataclass(frozen=True, slots=True)
class ContactValue:
    """A way to reach the client as it is kept."""

    kind: str
    value: str
    raw: str
    label: str = ""
    extension: str = ""


@dataclass(slots=True)
class Card:
    """A card fit to keep: columns of the client, its contacts, the signs of comparison, warnings for the person.

    `warnings` are codes: disposable_email, name_unsure.
    """

    values: dict[str, object]
    contacts: list[ContactValue]
    keys: frozenset[str] = frozenset()
    warnings: list[str] = field(default_factory=list)


def prepare_card(
    draft: ClientDraft,
    *,
    company: CompanyRules,
    known_fields: Iterable[CustomField] = (),
    today: date,
    client_id: int | None = None,
) -> Card:
    """Make a card of a draft; asks the database only for employees and files that custom fields name.

    Raises Invalid with every field at fault.
    """
    problems = Problems()
    values: dict[str, object] = {
        name: fit(name, getattr(draft, name), most, problems) for name, most in LINE_LIMITS.items()
    }
    values["first_source"] = values.pop("source")
    values["kind"] = draft.kind if draft.kind in Client.Kind.values else Client.Kind.PERSON
    values["comment"] = fit("comment", draft.comment, COMMENT_LIMIT, problems, lines=True)
    values["is_vip"] = draft.is_vip
    contacts = prepare_contacts(draft.contacts, company.country, problems)
    _name(values, draft, contacts, problems)
    values["birthday"] = _birthday(draft.birthday, today, problems)
    _requisites(values, draft, problems)
    _zone(values, draft, contacts, company, problems)
    _calling_hours(values, draft, problems)
    values["responsible_id"] = _responsible(draft.responsible_id, problems)
    values["fields"] = _custom(known_fields, draft.fields, client_id, problems)
    problems.settle()
    card = Card(values, contacts)
    card.keys = match_keys(values, contacts)
    card.warnings = warnings_of(contacts)
    return card


def prepare_contacts(drafts: Iterable[ContactDraft], country: str, problems: Problems) -> list[ContactValue]:
    """Normalise the ways to reach a client; a cell with two phones gives two. Problems stand at `contact_N`."""
    found: dict[tuple[str, str], ContactValue] = {}
    for number, draft in enumerate(drafts):
        place, own = f"contact_{number}", Problems()
        raw = fit(place, draft.value, 254, own)
        label = fit(place, draft.label, 60, own)
        if raw and not own.fields:
            for contact in _read_contact(place, draft.kind, raw, label, country, own):
                found.setdefault((contact.kind, contact.value), contact)
        problems.extend(own.fields)
    if len(found) > CONTACTS_LIMIT:
        problems.add("contact_0", _("At most %(most)d contacts.") % {"most": CONTACTS_LIMIT})
    return list(found.values())


def _read_contact(
    place: str, kind: str, raw: str, label: str, country: str, problems: Problems
) -> list[ContactValue]:
    if kind == ContactPoint.Kind.PHONE:
        phones = parse_phones(raw, country)
        for one in phones or [Phone("", reason="no_digits")]:
            if not one.e164:
                problems.add(place, phone_words(one.reason))
        return [ContactValue(kind, one.e164, raw, label, one.extension) for one in phones if one.e164]
    if kind == ContactPoint.Kind.EMAIL:
        emails = parse_emails(raw)
        for email in emails or [Email("")]:
            if not email.address:
                problems.add(place, email_words(email.reason))
        return [ContactValue(kind, email.address, raw, label) for email in emails if email.address]
    if kind not in ContactPoint.Kind.values:
        problems.add(place, _("Choose one of the list."))
        return []
    value = _messenger(kind, raw, country)
    if not value:
        problems.add(place, _("This is not an address of this kind."))
        return []
    return [ContactValue(kind, value, raw, label)]


def email_words(reason: str) -> str:
    """Say why an e-mail address could not be read."""
    words = {
        "no_at": _("The address lacks its @."),
        "two_ats": _("The address has an @ too many."),
        "domain": _("There can be no such domain after the @."),
        "reserved_domain": _("Nobody can have an address at this domain: it is for examples only."),
        "too_many": _("At most ten addresses in one line."),
    }
    return words.get(reason, _("This is not an e-mail address. Write it like name@company.ru."))


def phone_words(reason: str) -> str:
    """Say why a phone could not be read."""
    words = {
        "too_short": _("The phone has too few digits."),
        "too_long": _("The phone has too many digits."),
        "no_area_code": _("The phone lacks the code of its city: write it like +7 391 200-00-01."),
        "unknown_code": _("There is no such code: write the phone with its country, like +7 913 123-45-67."),
        "too_many": _("At most ten phones in one line."),
    }
    return words.get(reason, _("This is not a phone number. Write it with its code: +7 913 123-45-67."))


_HANDLE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me/|telegram\.me/|vk\.com/|vk\.ru/|max\.ru/|wa\.me/)?@?([\w.\-+]{2,64})/?",
    re.ASCII,
)


def _messenger(kind: str, raw: str, country: str) -> str:
    """Return the address as it is kept: a phone for WhatsApp, a name without its site for the others."""
    if kind == ContactPoint.Kind.SITE:
        link = raw if "://" in raw else f"https://{raw}"
        return link if is_web_link(link) and "." in link else ""
    phones = [one.e164 for one in parse_phones(raw, country) if one.e164]
    if phones:
        return phones[0]
    match = _HANDLE.fullmatch(raw)
    if match is None or kind == ContactPoint.Kind.WHATSAPP:
        return ""
    return f"@{match[1].lower()}" if kind == ContactPoint.Kind.TELEGRAM else match[1].lower()


def _name(values: dict[str, object], draft: ClientDraft, contacts: list[ContactValue], problems: Problems) -> None:
    """Take the name apart. What was typed stays as it is: only its parts and the gender are recognised."""
    whole = fit("name", draft.name, 300, problems)
    gender = draft.gender if draft.gender in ("m", "f") else ""
    parts = [str(values[part]) for part in ("last_name", "first_name", "middle_name")]
    if values["kind"] == Client.Kind.ORGANISATION:
        whole, parts, gender = whole or " ".join(filter(None, parts)), ["", "", ""], ""
    elif any(parts):
        whole = " ".join(filter(None, parts))
        gender = gender or parse_name(whole).gender
    elif whole:
        read = parse_name(whole, gender=gender)
        parts, gender = [read.last, read.first, read.middle], read.gender
        if read.kind == Client.Kind.ORGANISATION:
            values["kind"] = Client.Kind.ORGANISATION
    if not whole and contacts:
        whole = contacts[0].value
    if not whole:
        problems.add("name", _("Give a name, a phone or an address: something to know the client by."))
    values |= {"last_name": parts[0][:100], "first_name": parts[1][:100], "middle_name": parts[2][:100]}
    values |= {"name": whole, "name_key": name_key(whole)[:300], "gender": gender}


def _birthday(given: date | str | None, today: date, problems: Problems) -> date | None:
    read = parse_date(given, latest=today)
    if read.reason == "in_future":
        problems.add("birthday", _("This day has not come yet: check the year."))
    elif read.reason:
        problems.add("birthday", _("There is no such day: write it like 31.12.1990."))
    elif read.value is not None and read.value.year < 1890:
        problems.add("birthday", _("Nobody lives so long: check the year."))
    return read.value


def _requisites(values: dict[str, object], draft: ClientDraft, problems: Problems) -> None:
    given = {name: fit(name, getattr(draft, name), 60, problems) for name in REQUISITES}
    read = {
        "inn": parse_inn(given["inn"]),
        "kpp": parse_kpp(given["kpp"]),
        "ogrn": parse_ogrn(given["ogrn"]),
        "bik": parse_bik(given["bik"]),
        "account": parse_account(given["account"], given["bik"]),
    }
    for name, one in read.items():
        if one.reason:
            problems.add(name, requisite_words(one.reason))
        values[name] = one.value


def requisite_words(reason: str) -> str:
    """Say why a requisite is wrong."""
    words = {
        "length": _("The number of digits is wrong."),
        "not_digits": _("Only digits belong here."),
        "control_sum": _("The control digits do not fit: there is a slip in the number."),
        "no_bik": _("Give the BIK too: the account is checked with it."),
    }
    return words.get(reason, _("There is a slip in the number."))


def _zone(
    values: dict[str, object],
    draft: ClientDraft,
    contacts: list[ContactValue],
    company: CompanyRules,
    problems: Problems,
) -> None:
    if draft.zone and draft.zone not in known_zones():
        problems.add("zone", _("There is no such time zone."))
        return
    found = choose_zone(
        by_hand=draft.zone,
        browser=draft.browser_zone,
        city=str(values["city"]),
        address=str(values["address"]),
        phones=[one.value for one in contacts if one.kind == ContactPoint.Kind.PHONE],
    )
    values |= {
        "zone": found.zone or company.zone,
        "zone_source": found.source or "company",
        "zone_sure": found.sure,
    }


def _calling_hours(values: dict[str, object], draft: ClientDraft, problems: Problems) -> None:
    opens, closes = draft.call_opens_minute, draft.call_closes_minute
    if (opens is None) != (closes is None):
        problems.add("call_opens_minute", _("Give both hours or none."))
    elif opens is not None and closes is not None and not 0 <= opens < closes <= 1440:
        problems.add("call_opens_minute", _("The first hour must come before the last."))
    elif opens is not None and closes is not None and not hold_half_hour(opens, closes):
        problems.add("call_opens_minute", _("A whole half-hour must lie between them, such as 9:00 to 9:30."))
    values |= {"call_opens_minute": opens, "call_closes_minute": closes}


def _responsible(employee_id: int | None, problems: Problems) -> int | None:
    if employee_id is not None and not accounts.employee_names([employee_id]):
        problems.add("responsible_id", _("There is no such employee."))
    return employee_id


def _custom(
    known: Iterable[CustomField], given: Mapping[str, object], client_id: int | None, problems: Problems
) -> dict[str, object]:
    try:
        owner = Subject("client", client_id) if client_id is not None else None
        cleaned = clean_values(known, given, owner=owner)
    except Invalid as wrong:
        problems.extend(wrong.fields)
        return {}
    return {code: value for code, value in cleaned.items() if value is not None}


def match_keys(values: Mapping[str, object], contacts: Iterable[ContactValue]) -> frozenset[str]:
    """Return the signs by which likely duplicates of a card are found."""
    return frozenset(duplicates.blocking_keys(comparable(values, contacts)))


def comparable(values: Mapping[str, object], contacts: Iterable[ContactValue]) -> duplicates.Card:
    """Return what of a card takes part in comparing it with others; `values` are columns of the client."""
    held = list(contacts)
    birthday = values.get("birthday")
    text = {
        name: str(values.get(name) or "") for name in (*_COMPARED, "kind", "last_name", "first_name", "middle_name")
    }
    return duplicates.card(
        **{name: text[name] for name in _COMPARED},
        last=text["last_name"],
        first=text["first_name"],
        middle=text["middle_name"],
        organisation=text["kind"] == Client.Kind.ORGANISATION,
        phones=[one.value for one in held if one.kind == ContactPoint.Kind.PHONE],
        emails=[one.value for one in held if one.kind == ContactPoint.Kind.EMAIL],
        birthday=birthday if isinstance(birthday, date) else None,
    )


_COMPARED = ("name", "gender", "inn", "kpp", "city")


def warnings_of(contacts: Iterable[ContactValue]) -> list[str]:
    """Return codes of what a person should look at twice: disposable_email, mistyped_email, phone_unsure."""
    found = set()
    for one in contacts:
        if one.kind == ContactPoint.Kind.EMAIL:
            for email in parse_emails(one.value):
                found |= {"disposable_email"} if email.disposable else set()
                found |= {"mistyped_email"} if email.hint else set()
        elif one.kind == ContactPoint.Kind.PHONE and any(not phone.sure for phone in parse_phones(one.value)):
            found.add("phone_unsure")
    return sorted(found)


def write_contacts(client_id: int, contacts: list[ContactValue]) -> bool:
    """Make the rows of a client's contacts equal to `contacts`; tell whether anything differs."""
    rows = {(row.kind, row.value): row for row in ContactPoint.objects.filter(client_id=client_id)}
    wanted = {(one.kind, one.value): (place, one) for place, one in enumerate(contacts)}
    gone = [row.pk for key, row in rows.items() if key not in wanted]
    if gone:
        ContactPoint.objects.filter(pk__in=gone).delete()
    changed, fresh = bool(gone), []
    for key, (place, one) in wanted.items():
        row = rows.get(key)
        if row is None:
            fresh.append(
                ContactPoint(
                    client_id=client_id, kind=one.kind, value=one.value, raw=one.raw,
                    label=one.label, extension=one.extension, position=place,
                )
            )  # fmt: skip
        elif (row.label, row.extension, row.position) != (one.label, one.extension, place):
            row.label, row.extension, row.position = one.label, one.extension, place
            row.save(update_fields=["label", "extension", "position"])
            changed = True
    ContactPoint.objects.bulk_create(fresh)
    return changed or bool(fresh)


def write_keys(client_id: int, keys: frozenset[str]) -> None:
    """Make the rows of a client's signs equal to `keys`."""
    rows = dict(MatchKey.objects.filter(client_id=client_id).values_list("key", "pk"))
    gone = [pk for key, pk in rows.items() if key not in keys]
    if gone:
        MatchKey.objects.filter(pk__in=gone).delete()
    MatchKey.objects.bulk_create([MatchKey(client_id=client_id, key=key) for key in sorted(keys - rows.keys())])
