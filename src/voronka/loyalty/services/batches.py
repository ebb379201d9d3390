"""Codes for single use, made by the thousand, switched on and off."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.loyalty.events import CodesMade, PromoSaved
from voronka.loyalty.models import Promo, PromoCode, PromoUse
from voronka.loyalty.permissions import SET_UP
from voronka.loyalty.rules import codes
from voronka.loyalty.services.promos import client_id_of, require_batch
from voronka.people.services.cleaning import Problems

MOST_AT_ONCE, MOST_IN_ALL, MOST_PREFIX = 10_000, 50_000, 8  # all codes of a promo fit into one file
KEPT_AFTER = timedelta(days=30)


@transaction.atomic
def make_codes(
    *, actor: Actor, public_id: str, count: int, now: datetime, prefix: str = "", client: str = ""
) -> list[PromoCode]:
    """Make so many codes of a batch, each for one use, unlike all codes there are; return them.

    `prefix` stands before each (letters and figures), `client` (public id) binds them to him. Raises Denied, NotFound,
    Invalid.
    """
    actor.require(SET_UP)
    row = Promo.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such promo."))
    require_batch(row)
    problems = Problems()
    head = codes.key_of(prefix)
    if len(head) > MOST_PREFIX or len(head) != len("".join(prefix.split())):
        problems.add("prefix", _("At most %(most)d letters and figures.") % {"most": MOST_PREFIX})
    if not 1 <= count <= MOST_AT_ONCE:
        problems.add("count", _("From 1 to %(most)d codes at once.") % {"most": MOST_AT_ONCE})
    elif PromoCode.objects.filter(promo=row).count() + count > MOST_IN_ALL:
        problems.add("count", _("A promo has at most %(most)d codes: make another one.") % {"most": MOST_IN_ALL})
    client_id = client_id_of(client, actor, problems)
    problems.settle()
    made = [
        PromoCode(
            promo=row, code=codes.printed(signs, prefix.strip().upper()), key=head + signs, client_id=client_id, most=1,
            made_at=now,
        )
        for signs in _free_signs(head, count)
    ]  # fmt: skip
    PromoCode.objects.bulk_create(made, batch_size=2_000)
    publish(CodesMade(promo_id=row.pk, count=count), at=now)
    return made


@transaction.atomic
def give_code(
    *, actor: Actor, public_id: str, until: datetime | None, now: datetime, client_id: int | None = None
) -> PromoCode:
    """Make one code of a batch for somebody, for one use, that stops working at a moment; return it.

    Raises Denied, NotFound, Conflict `promo_off` where the promo does not hold now.
    """
    actor.require(SET_UP)
    row = Promo.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such promo."))
    require_batch(row)
    if not row.holds_at(now):
        raise Conflict(_("This promo does not hold now."), code="promo_off")
    if PromoCode.objects.filter(promo=row).count() >= MOST_IN_ALL:
        # Codes that nobody used in their time make place: only what was given for a time is ever dropped.
        past = PromoCode.objects.filter(promo=row, used=0, until__lt=now - KEPT_AFTER)
        used = PromoUse.objects.filter(promo=row).values("code_id")
        if not past.exclude(pk__in=used).delete()[0]:
            raise Conflict(_("A promo has at most %(most)d codes: make another one.") % {"most": MOST_IN_ALL})
    signs = _free_signs("", 1)[0]
    return PromoCode.objects.create(
        promo=row, code=codes.printed(signs), key=signs, client_id=client_id, most=1, until=until, made_at=now
    )


def _free_signs(head: str, count: int) -> list[str]:
    """Return so many new codes that no promo has."""
    found: dict[str, None] = {}
    while len(found) < count:
        new = {codes.new_signs(): None for _turn in range(count - len(found))}
        taken = set(PromoCode.objects.filter(key__in=[head + one for one in new]).values_list("key", flat=True))
        found |= {one: None for one in new if head + one not in taken}
    return list(found)


@transaction.atomic
def set_codes_on(*, actor: Actor, public_id: str, codes_ids: Sequence[str], is_on: bool, now: datetime) -> int:
    """Switch single codes of a promo on or off; return how many changed. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP)
    row = Promo.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such promo."))
    if len(codes_ids) > 1_000:
        raise Invalid(_("At most %(most)d codes at once.") % {"most": 1_000})
    found = PromoCode.objects.filter(promo=row, public_id__in=list(codes_ids)).exclude(is_on=is_on)
    ids = list(found.select_for_update().order_by("id").values_list("id", flat=True))
    PromoCode.objects.filter(pk__in=ids).update(is_on=is_on)
    if ids:
        publish(PromoSaved(promo_id=row.pk, is_new=False, is_on=row.is_on), at=now)
    return len(ids)
