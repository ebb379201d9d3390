"""Secret links by which an invoice is looked at and paid, without signing in."""

import hashlib
from datetime import datetime

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from voronka.billing.models import PayLink
from voronka.billing.permissions import ISSUE
from voronka.billing.queries.documents import get_row
from voronka.billing.services.documents import require_payable
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound

_SALT = "voronka.billing.paylink"


@transaction.atomic
def make_link(*, actor: Actor, public_id: str, now: datetime, anew: bool = False) -> PayLink:
    """Give an invoice its link, or open the one it has; `anew` makes another and the old one leads nowhere.

    Raises Denied, NotFound, Conflict.
    """
    document = require_payable(get_row(actor, public_id, right=ISSUE, lock=True))
    row = PayLink.objects.filter(document=document).first()
    if row is None:
        row = PayLink(document=document, employee_id=actor.employee_id, made_at=now)
    elif anew:
        row.version += 1
    row.is_on = True
    row.save()
    row.hash = hash_of(sign_of(row))
    row.save(update_fields=["hash"])
    return row


@transaction.atomic
def close_link(*, actor: Actor, public_id: str) -> None:
    """Let the link of an invoice lead nowhere. Raises Denied, NotFound."""
    document = get_row(actor, public_id, right=ISSUE, lock=True)
    PayLink.objects.filter(document=document).update(is_on=False)


def sign_of(row: PayLink) -> str:
    """Return what the link of a row ends with: made from the installation's key, so it can be shown again."""
    words = f"{row.company_id}.{row.public_id}.{row.version}"
    return salted_hmac(_SALT, words, algorithm="sha256").hexdigest()[:40]


def hash_of(sign: str) -> str:
    """Return what is kept of a link."""
    return hashlib.sha256(sign.encode()).hexdigest()


def company_of(sign: str) -> tuple[int, int] | None:
    """Return company and row of a link that somebody came by; None for one that never was."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, link FROM billing_company_of_link(%s)", [hash_of(sign)])
        found = cursor.fetchone()
        return None if found is None else (found[0], found[1])


def open_link(link_id: int) -> PayLink:
    """Return a link that leads somewhere, with its invoice. Raises NotFound."""
    row = PayLink.objects.filter(pk=link_id, is_on=True).select_related("document__requisites").first()
    if row is None:
        raise NotFound(_("This link leads nowhere any more: ask for a new one."))
    return row
