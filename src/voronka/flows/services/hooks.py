"""An address of an automation by which another program brings somebody in: `public id-number-sign`.

The address is the whole key, so it is signed by us, and forged ones cost no statement; a new one has the next number,
and the one before it opens nothing any more. All it does is bring in one record of those that the automation takes.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.flows.models import Automation, Run
from voronka.flows.permissions import EDIT
from voronka.flows.ports import HandTrigger
from voronka.flows.services import offering
from voronka.flows.services.drawing import locked
from voronka.flows.services.entering import enter
from voronka.kit import counters
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound, TooMany
from voronka.kit.seals import seal
from voronka.kit.tenancy import company_context

MOST = ((60, 120), (3_600, 3_000))  # seconds, and how many may come in by one address
_SALT, _SIGN = "voronka.flows.hook", 32


def token_of(row: Automation) -> str:
    """Return what the address of an automation ends with, "" while it has none."""
    return f"{row.public_id}-{row.hook}-{_sign(row.public_id, row.hook)}" if row.hook > 0 else ""


def _sign(public_id: str, number: int) -> str:
    return seal(_SALT, f"{public_id} {number}")[:_SIGN]


def is_offered(row: Automation) -> bool:
    """Tell whether a program may bring somebody in by an address: that begins it, and its records can be told apart."""
    kind = offering.all_triggers().get(row.trigger)
    traveller = offering.find_traveller(row.subject)
    return kind is not None and issubclass(kind, HandTrigger) and traveller is not None and traveller.told is not None


@transaction.atomic
def renew_hook(*, actor: Actor, public_id: str) -> Automation:
    """Give an automation an address, a new one where it has one. Raises Denied, NotFound, Conflict."""
    actor.require(EDIT)
    row = locked(public_id)
    if not is_offered(row):
        raise Conflict(
            _("It does not begin by a program: choose that as its beginning and publish."), code="not_taken"
        )
    row.hook = abs(row.hook) + 1
    row.save(update_fields=["hook"])
    return row


@transaction.atomic
def drop_hook(*, actor: Actor, public_id: str) -> Automation:
    """Take the address away: it opens nothing any more. Raises Denied, NotFound."""
    actor.require(EDIT)
    row = locked(public_id)
    row.hook = -abs(row.hook)
    row.save(update_fields=["hook"])
    return row


def read_token(token: str) -> tuple[str, int] | None:
    """Return the automation and the number of an address; None for one that we did not sign."""
    public_id, _dash, rest = token.partition("-")
    number, _dash, sign = rest.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 9):
        return None
    is_ours = hmac.compare_digest(sign.encode(), _sign(public_id, int(number)).encode())
    return (public_id, int(number)) if is_ours else None


def bring_in_by(token: str, told: Mapping[str, str], *, now: datetime) -> Run | None:
    """Bring in whom a program names; None where he does not come in (he is inside, or was, or the conditions forbid).

    Raises NotFound for an address that holds no more and for a record that is not there, Conflict where the automation
    is off or begins otherwise, TooMany.
    """
    read = read_token(token)
    if read is None:
        raise NotFound(_("There is no such automation."))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, automation FROM flows_automation_of_hook(%s, %s)", read)
        found = cursor.fetchone()
    if found is None:
        raise NotFound(_("There is no such automation."))
    company_id, automation_id = found
    with company_context(company_id, origin="automation address", strict=True):
        with transaction.atomic():
            if counters.is_over(f"automation address {automation_id}", MOST, now=now):
                raise TooMany(_("Too many at once. Wait a minute and send again."))
        with transaction.atomic():
            row = Automation.objects.get(pk=automation_id)
            if not row.is_on:
                raise Conflict(_("The automation is switched off."), code="automation_off")
            traveller = offering.find_traveller(row.subject)
            if not is_offered(row) or traveller is None or traveller.told is None:
                raise Conflict(_("It does not begin by a program."), code="not_taken")
            subject_id = traveller.told(told)
            if subject_id is None:
                raise NotFound(_("There is no such record."), code="nobody")
            return enter(row, subject_id, now=now)
