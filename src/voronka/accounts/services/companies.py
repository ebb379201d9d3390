"""Founding companies and changing their settings."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries
from voronka.accounts.events import CompanyChanged, CompanyFounded
from voronka.accounts.models import Company, Employee, Role, User
from voronka.accounts.rules import OWNER, SHIPPED_ROLES, rights_of_role, split_name
from voronka.accounts.services.checks import check_password, clean_choice, clean_email, clean_line, clean_zone
from voronka.kit.actors import CHANGE_SETTINGS, Actor, all_rights
from voronka.kit.clocks import hold_half_hour
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.events import publish
from voronka.kit.ids import new_public_id
from voronka.kit.tenancy import company_context

LANGUAGES = ("ru", "en")
CURRENCIES = ("RUB", "BYN", "KZT", "UZS", "KGS", "AMD", "GEL", "AZN", "TJS", "USD", "EUR", "CNY", "TRY", "AED")
COUNTRIES = ("RU", "BY", "KZ", "UZ", "KG", "AM", "GE", "AZ", "TJ")


def found_company(
    *,
    name: str,
    owner_email: str,
    password: str | None,
    owner_name: str,
    now: datetime,
    zone: str = "Europe/Moscow",
    country: str = "RU",
    currency: str = "RUB",
    language: str = "ru",
) -> tuple[int, int]:
    """Make a company with the shipped roles and its owner; return the ids of the company and of his place.

    A person who signs in already becomes the owner by his address alone: leave `password` out. Who may call
    this is the caller's matter: the command line, the demo, the page of an empty installation.
    Raises Invalid for wrong input.
    """
    with transaction.atomic():
        _one_founder_at_a_time()
        owner = _owner_account(clean_email(owner_email), password, language)
        with company_context(_reserve_company_id()) as place, translation.override(language):
            company = Company.objects.create(
                id=place.company_id,
                name=clean_line("name", name, most=200),
                zone=clean_zone(zone),
                country=clean_choice("country", country, COUNTRIES),
                currency=clean_choice("currency", currency, CURRENCIES),
                language=clean_choice("language", language, LANGUAGES),
                made_at=now,
            )
            roles = _make_roles()
            first, last = split_name(clean_line("owner_name", owner_name, most=200))
            employee = Employee.objects.create(
                user=owner, role=roles[OWNER], first_name=first, last_name=last, zone=company.zone, joined_at=now
            )
            publish(CompanyFounded(company_id=company.pk, owner_id=employee.pk))
            return company.pk, employee.pk


def found_first_company(
    *, name: str, owner_email: str, password: str, owner_name: str, now: datetime, zone: str, language: str
) -> tuple[int, int]:
    """Make the first company of an empty installation; of many who try at once, one succeeds.

    Raises NotFound once there is a company: the door is closed for ever.
    """
    with transaction.atomic():
        _one_founder_at_a_time()
        if queries.any_company():
            raise NotFound(_("This installation has its company already. Sign in."))
        return found_company(
            name=name,
            owner_email=owner_email,
            password=password,
            owner_name=owner_name,
            zone=zone,
            language=language,
            now=now,
        )


def change_company(*, actor: Actor, changes: dict[str, str | int | bool]) -> list[str]:
    """Change settings of the actor's company; return the codes of those that differ now.

    Known: name, zone, country, currency, language, call_opens_minute, call_closes_minute (minutes of the client's
    day), strict_feed; others are refused. Raises Denied or Invalid.
    """
    actor.require(CHANGE_SETTINGS)
    unknown = set(changes) - _CLEANERS.keys() - {"call_opens_minute", "call_closes_minute", "strict_feed"}
    if unknown:
        raise Invalid(
            _("There is no such setting."), fields={name: _("There is no such setting.") for name in unknown}
        )
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=actor.company_id)
        clean = {name: _clean(name, value) for name, value in changes.items()}
        differing = sorted(name for name, value in clean.items() if getattr(company, name) != value)
        for name in differing:
            setattr(company, name, clean[name])
        _check_hours(company.call_opens_minute, company.call_closes_minute)
        if differing:
            company.save(update_fields=differing)
            publish(CompanyChanged(company_id=company.pk, fields=differing))
    return differing


def renew_form_key(*, actor: Actor) -> str:
    """Give the company's public form a new address and return its key; the old one stops at once."""
    actor.require(CHANGE_SETTINGS)
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=actor.company_id)
        company.form_key = new_public_id()
        company.save(update_fields=["form_key"])
        publish(CompanyChanged(company_id=company.pk, fields=["form_key"]))
        return str(company.form_key)


def keep_demo_logins(logins: list[queries.DemoLogin]) -> None:
    """Leave the logins of the demo company for the page of signing in, in the folder of this installation."""
    settings.HOME.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(login) for login in logins], ensure_ascii=False)
    (settings.HOME / "demo-logins.json").write_text(text, "utf-8")


def _check_hours(opens: int, closes: int) -> None:
    if not (isinstance(opens, int) and isinstance(closes, int) and 0 <= opens < closes <= 1440):
        message = _("The calls of a day must end later than they begin.")
    elif not hold_half_hour(opens, closes):
        message = _("A whole half-hour must lie between them, such as 9:00 to 9:30.")
    else:
        return
    raise Invalid(message, fields={"call_closes_minute": message})


def _clean(name: str, value: str | int | bool) -> str | int | bool:
    return _CLEANERS[name](str(value)) if name in _CLEANERS else value


_CLEANERS: dict[str, Callable[[str], str]] = {
    "name": lambda text: clean_line("name", text, most=200),
    "zone": clean_zone,
    "country": lambda text: clean_choice("country", text, COUNTRIES),
    "currency": lambda text: clean_choice("currency", text, CURRENCIES),
    "language": lambda text: clean_choice("language", text, LANGUAGES),
}


def _one_founder_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7341, 2)")


def _reserve_company_id() -> int:
    """Take the id first: the row may be written only inside the company that it makes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_company', 'id'))")
        return int(cursor.fetchone()[0])


def _owner_account(email: str, password: str | None, language: str) -> User:
    known = User.objects.filter(email=email).first()
    if known is not None:
        if password is not None:
            raise Refusal(_("This address signs in already: leave the password out to make him the owner."))
        return known
    if password is None:
        raise Invalid(_("A new owner needs a password."), fields={"password": _("Fill this in.")})
    check_password(password, User(email=email))
    return User.objects.create_user(email, password, language=language)


def _make_roles() -> dict[str, Role]:
    names = {
        "owner": pgettext("role", "Owner"),
        "head": pgettext("role", "Head of sales"),
        "manager": pgettext("role", "Manager"),
        "marketer": pgettext("role", "Marketer"),
        "storekeeper": pgettext("role", "Storekeeper"),
        "cashier": pgettext("role", "Cashier"),
        "accountant": pgettext("role", "Accountant"),
        "reader": pgettext("role", "Read-only"),
    }
    roles = [
        Role(code=code, name=names[code], rights={} if code == OWNER else rights_of_role(code, {}, all_rights()))
        for code in SHIPPED_ROLES
    ]
    return {role.code: role for role in Role.objects.bulk_create(roles)}
