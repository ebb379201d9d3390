"""What clients have earned by their friends is paid out: by a code of that sum, or by a person who notes it."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.utils import IntegrityError
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.loyalty.events import ReferralPaid
from voronka.loyalty.models import Promo, PromoCode, Referral, ReferralPayout, ReferralTerms
from voronka.loyalty.permissions import PAY
from voronka.loyalty.queries.referrals import balances, get_terms
from voronka.loyalty.rules.referrals import ZERO
from voronka.loyalty.services.batches import give_code
from voronka.loyalty.services.promos import PromoDraft, save_promo
from voronka.people import queries as people


@transaction.atomic
def pay_out(
    *, actor: Actor, client: str, operation: uuid.UUID, now: datetime, note: str = "", agreed: Decimal | None = None
) -> ReferralPayout:
    """Pay a client (public id) all that his friends have earned and that was not paid yet, as the terms say.

    Sent again, it is one payment. `agreed` is the sum that the actor saw. Raises Denied, NotFound, Invalid, Conflict
    `nothing`, `other_sum` where it has changed meanwhile, `reused` where the operation was another client's.
    """
    actor.require(PAY)
    client_id = people.get_client(actor, client).pk
    if len(note) > 200 or "\0" in note:
        raise Invalid(_("At most 200 characters."), fields={"note": _("At most 200 characters.")})
    # Whoever pays the same client waits here, and then finds nothing left.
    rows = Referral.objects.select_for_update().filter(referrer_id=client_id).order_by("id")
    list(rows.values_list("id", flat=True))
    known = ReferralPayout.objects.filter(operation=operation).first()
    if known is not None:
        if known.referrer_id != client_id:
            raise _reused()
        return known
    owed = balances([client_id])[client_id].owed
    if owed <= ZERO:
        raise Conflict(_("There is nothing to pay out to this client."), code="nothing")
    if agreed is not None and agreed != owed:
        raise Conflict(_("The sum has changed meanwhile: look at it again."), code="other_sum")
    terms = get_terms()
    row = ReferralPayout(
        referrer_id=client_id, amount=owed, way=terms.pays, note=note.strip(), operation=operation,
        employee_id=actor.employee_id, at=now,
    )  # fmt: skip
    if terms.pays == ReferralTerms.Pays.CODE:
        row.code = _code(owed, client_id, terms.code_days, now)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # another client was paid by it at this moment: he is locked apart
        raise _reused() from None
    publish(ReferralPaid(client_id=client_id, amount=owed, way=row.way), at=now)
    return row


def _reused() -> Conflict:
    return Conflict(_("This payout was made to another client: open the page again."), code="reused")


def _code(amount: Decimal, client_id: int, days: int, now: datetime) -> PromoCode:
    """Return a code of the client's own that takes the sum off; sums that were paid before share their promo."""
    # Whoever pays may have no right over promos: the programme makes what its terms promise.
    system = Actor.system(current_company_id(), origin="referrals")
    earlier = ReferralPayout.objects.filter(amount=amount, code__isnull=False, code__promo__is_on=True)
    # A person may have changed that promo since: one that is not worth the sum, whole and anywhere, is not taken.
    promo = Promo.objects.filter(
        pk__in=earlier.values("code__promo_id"), amount=amount, is_percent=False, is_for_all=True, minimum=0, cap=None,
        per_client=None, since=None, until=None, with_terms=True,
    ).first()  # fmt: skip
    if promo is None:
        draft = PromoDraft(name=_("For friends brought"), amount=amount, is_batch=True, is_percent=False)
        promo = save_promo(actor=system, draft=draft, now=now)
    until = now + timedelta(days=days)
    return give_code(actor=system, public_id=promo.public_id, until=until, now=now, client_id=client_id)
