"""The company's own requisites and bank accounts, checked by their control digits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.billing.models import Account, Requisites
from voronka.billing.permissions import SET_UP
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.files import store_file
from voronka.kit.requisites import Requisite, parse_account, parse_bik, parse_inn, parse_kpp, parse_ogrn

PICTURES = ("logo", "stamp", "sign_director", "sign_accountant")
MOST_MIB = 2
_TEXTS = {"name": 200, "address": 400, "city": 100, "phone": 50, "director": 100, "director_post": 100, "acting": 300,
          "accountant": 100, "warning": 600, "terms": 4000, "okpo": 10}  # fmt: skip


def reason_words(reason: str) -> str:
    """Return what is wrong with a requisite in words."""
    return {
        "not_digits": _("Digits only."),
        "length": _("Not as many digits as it has."),
        "control_sum": _("The control digits do not agree: look for a slip."),
        "no_bik": _("Needs the right code of the bank (BIK)."),
    }[reason]


@dataclass(frozen=True, slots=True)
class RequisitesDraft:
    """Own requisites as they are typed, by the names of the model's columns."""

    texts: Mapping[str, str]
    is_trader: bool = False
    ogrn_on: date | None = None
    vat: str = "none"
    prices_with_tax: bool = True
    pay_days: int = 5
    is_default: bool = False


@transaction.atomic
def save_requisites(*, actor: Actor, draft: RequisitesDraft, public_id: str | None = None) -> Requisites:
    """Add own requisites or change them; the first ones are the usual ones. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP)
    values = {name: " ".join(str(draft.texts.get(name, "")).split())[:most] for name, most in _TEXTS.items()}
    values["terms"] = str(draft.texts.get("terms", "")).strip()[: _TEXTS["terms"]]
    values["warning"] = str(draft.texts.get("warning", "")).strip()[: _TEXTS["warning"]]
    numbers, problems = _numbers(draft.texts, is_trader=draft.is_trader)
    if not values["name"]:
        problems["name"] = _("A name is needed.")
    if draft.vat not in VAT_CODES:
        problems["vat"] = _("There is no such rate.")
    if not 0 <= draft.pay_days <= 365:
        problems["pay_days"] = _("From 0 to 365 days.")
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    if public_id is None:
        row = Requisites()
    else:
        found = Requisites.objects.select_for_update().filter(public_id=public_id).first()
        if found is None:
            raise NotFound(_("There are no such requisites."))
        row = found
    for name, value in (values | numbers).items():
        setattr(row, name, value)
    row.is_trader, row.ogrn_on, row.vat = draft.is_trader, draft.ogrn_on, draft.vat
    row.prices_with_tax, row.pay_days = draft.prices_with_tax, draft.pay_days
    is_first = not Requisites.objects.filter(is_default=True).exclude(pk=row.pk).exists()
    if draft.is_default or is_first:
        Requisites.objects.filter(is_default=True).exclude(pk=row.pk).update(is_default=False)
        row.is_default = True
    row.save()
    return row


VAT_CODES = ("main", "reduced", "seven", "five", "zero", "none")


def _numbers(texts: Mapping[str, str], *, is_trader: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Return the numbers as they are kept, and what is wrong with them by field."""
    parsed: dict[str, Requisite] = {
        "inn": parse_inn(texts.get("inn", "")),
        "kpp": parse_kpp(texts.get("kpp", "")),
        "ogrn": parse_ogrn(texts.get("ogrn", "")),
    }
    problems = {name: reason_words(one.reason) for name, one in parsed.items() if one.reason}
    if not parsed["inn"].value and "inn" not in problems:
        problems["inn"] = _("The number of the taxpayer (INN) is needed.")
    kind = "person" if is_trader else "organisation"
    for name in ("inn", "ogrn"):
        if parsed[name].value and parsed[name].kind != kind:
            problems[name] = (
                _("This is the number of an organisation.") if is_trader else _("This is the number of a person.")
            )
    return {name: one.value for name, one in parsed.items()}, problems


@transaction.atomic
def save_account(
    *, actor: Actor, requisites_id: str, bank: str, bik: str, number: str, corr_account: str, is_default: bool = False
) -> Account:
    """Add a bank account or change it by its number. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP)
    owner = Requisites.objects.select_for_update().filter(public_id=requisites_id).first()
    if owner is None:
        raise NotFound(_("There are no such requisites."))
    parsed = {"bik": parse_bik(bik), "number": parse_account(number, bik)}
    if corr_account.strip():
        parsed["corr_account"] = parse_account(corr_account, bik)
    problems = {name: reason_words(one.reason) for name, one in parsed.items() if one.reason}
    for name in ("bik", "number"):
        if not parsed[name].value and name not in problems:
            problems[name] = _("This is needed.")
    if not bank.strip():
        problems["bank"] = _("A name is needed.")
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    row = Account.objects.filter(number=parsed["number"].value).first() or Account(number=parsed["number"].value)
    if row.pk is not None and row.requisites_id != owner.pk:
        taken = _("This account belongs to other requisites already.")
        raise Invalid(taken, fields={"number": taken})
    row.requisites, row.bank, row.bik = owner, " ".join(bank.split())[:200], parsed["bik"].value
    row.corr_account = parsed["corr_account"].value if "corr_account" in parsed else ""
    row.is_active = True
    others = Account.objects.filter(requisites=owner, is_default=True).exclude(pk=row.pk)
    if is_default or not others.exists():
        others.update(is_default=False)
        row.is_default = True
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("This account is there already.")
        raise Invalid(taken, fields={"number": taken}) from None
    return row


@transaction.atomic
def drop_account(*, actor: Actor, public_id: str) -> None:
    """Put an account away: papers and payments that name it stay. Raises Denied, NotFound."""
    actor.require(SET_UP)
    if not Account.objects.filter(public_id=public_id).update(is_active=False, is_default=False):
        raise NotFound(_("There is no such account."))


@transaction.atomic
def set_picture(
    *, actor: Actor, public_id: str, slot: str, source: IO[bytes] | None, name: str = "", now: datetime
) -> Requisites:
    """Keep a logo, stamp or signature (PNG or JPEG, 2 MB), or take it away where `source` is None.

    Raises Denied, NotFound, Invalid.
    """
    actor.require(SET_UP)
    row = Requisites.objects.select_for_update().filter(public_id=public_id).first()
    if row is None or slot not in PICTURES:
        raise NotFound(_("There are no such requisites."))
    kept = ""
    if source is not None:
        head = source.read(8)
        source.seek(0)
        if not head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
            message = _("A picture in PNG or JPEG is needed.")
            raise Invalid(message, fields={slot: message})
        file = store_file(
            source, name=name, subject_kind="requisites", subject_id=row.pk, added_by=actor.employee_id, now=now,
            content_type="image/png" if head.startswith(b"\x89") else "image/jpeg", most_mib=MOST_MIB,
        )  # fmt: skip
        kept = file.public_id
    setattr(row, slot, kept)
    row.save(update_fields=[slot])
    return row


def letter_lines() -> str:
    """Return the usual requisites as the foot of a letter names them: who, numbers, where, phone."""
    row = Requisites.objects.filter(is_default=True, is_active=True).first()
    if row is None:
        return ""
    numbers = [
        (_("INN"), row.inn),
        (_("OGRNIP") if row.is_trader else _("OGRN"), row.ogrn),
    ]
    said = ", ".join(f"{name} {value}" for name, value in numbers if value)
    return "\n".join(one for one in (row.name, said, row.address, row.phone) if one)
