"""Codes for single use, made by the thousand, switched on and off."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.loyalty.events import CodesMade, PromoSaved
from voronka.loyalty.models import Promo, PromoCode
from voronka.loyalty.permissions import SET_UP
from voronka.loyalty.rules import codes
from voronka.loyalty.services.promos import client_id_of, require_batch
from voronka.people.services.cleaning import Problems

MOST_AT_ONCE, MOST_IN_ALL, MOST_PREFIX = 10_000, 50_000, 8  # all codes of a promo fit into one file


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
