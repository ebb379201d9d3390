"""What promo codes do when the client they name changes fate."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import ngettext

from voronka.kit.stakes import Moved, Stake, changed, move_rows, register_stake
from voronka.loyalty.models import PromoCode, PromoUse, Referral, ReferralLink, ReferralPayout
from voronka.loyalty.services.referring import keep_orders

MODELS = (PromoCode, PromoUse)


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients who have codes of their own or have used some."""
    return {
        one
        for model in MODELS
        for one in model.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
        if one is not None
    } | {
        one
        for pair in Referral.objects.filter(_named(ids)).values_list("referrer_id", "friend_id")
        for one in pair
        if one is not None and one in ids
    }


def _named(ids: Sequence[int]) -> Q:
    return Q(referrer_id__in=ids) | Q(friend_id__in=ids)


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many codes are bound to the clients, and how many they used."""
    own = PromoCode.objects.filter(client_id__in=ids).count()
    used = PromoUse.objects.filter(client_id__in=ids, given_back_at=None).count()
    said = [ngettext("%(n)d own promo code", "%(n)d own promo codes", own) % {"n": own}] if own else []
    if used:
        said.append(ngettext("%(n)d used promo code", "%(n)d used promo codes", used) % {"n": used})
    friends = Referral.objects.filter(referrer_id__in=ids).count()
    if friends:
        said.append(ngettext("%(n)d friend brought", "%(n)d friends brought", friends) % {"n": friends})
    return said


def lock(ids: Sequence[int]) -> None:
    """Lock codes and uses in key order, as the verbs here do before they name a card."""
    for model in MODELS:
        rows = model.objects.select_for_update().filter(client_id__in=ids).order_by("id")
        list(rows.values_list("id", flat=True))
    list(Referral.objects.select_for_update().filter(_named(ids)).order_by("id").values_list("id", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Let codes be for the survivor, and uses be his."""
    done = [moved for model in (*MODELS, ReferralLink) for moved in move_rows(model, "client_id", ids, to)]
    done += move_rows(ReferralPayout, "referrer_id", ids, to)
    done += move_rows(Referral, "referrer_id", ids, to)
    return [*done, *_move_friends(ids, to), *_hold_own(to)]


def _move_friends(ids: Sequence[int], to: int) -> list[Moved]:
    """Let the survivor be the friend whom his cards were; brought twice, the first time counts."""
    rows = list(Referral.objects.filter(friend_id__in=[*ids, to]).order_by("id"))
    if not rows:
        return []
    first, others = rows[0], rows[1:]
    done = [
        changed(Referral, "state", [(one.pk, one.state, Referral.State.REFUSED) for one in others]),
        changed(Referral, "friend_id", [(one.pk, one.friend_id, None) for one in others]),
        changed(Referral, "friend_id", [(first.pk, first.friend_id, to)]),
    ]
    Referral.objects.filter(pk__in=[one.pk for one in others]).update(friend=None, state=Referral.State.REFUSED)
    Referral.objects.filter(pk=first.pk).update(friend=to)
    return done


def _hold_own(to: int) -> list[Moved]:
    """Hold what has turned out to be a client who brought himself."""
    rows = list(Referral.objects.filter(referrer_id=to, friend_id=to, state=Referral.State.ACTIVE))
    if not rows:
        return []
    done = changed(Referral, "state", [(one.pk, one.state, Referral.State.HELD) for one in rows])
    Referral.objects.filter(pk__in=[one.pk for one in rows]).update(state=Referral.State.HELD)
    return [done]


def forget(ids: Sequence[int]) -> None:
    """Switch off what was for these clients alone, and forget whose it was; what was taken off stays in the ledger."""
    PromoCode.objects.filter(client_id__in=ids).update(client=None, is_on=False)
    PromoUse.objects.filter(client_id__in=ids).update(client=None)
    ReferralLink.objects.filter(client_id__in=ids).delete()
    Referral.objects.filter(referrer_id__in=ids).update(referrer=None)
    # What they have bought may come back still, and whoever brought them owes it then.
    keep_orders(ids, now=datetime.now(UTC))
    Referral.objects.filter(friend_id__in=ids).update(friend=None)
    # What a person has noted may name anybody.
    ReferralPayout.objects.filter(referrer_id__in=ids).update(referrer=None, note="")


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give codes and uses as plain values, for the data's owner."""
    for code in PromoCode.objects.filter(client_id__in=ids).select_related("promo").order_by("id"):
        yield {"promo_code": code.code, "promo": code.promo.name, "used": code.used}
    for use in PromoUse.objects.filter(client_id__in=ids).select_related("promo", "code").order_by("id"):
        yield {
            "promo_code": use.code.code, "promo": use.promo.name, "taken_off": str(use.amount),
            "at": use.at.isoformat(), "given_back": use.given_back_at is not None,
        }  # fmt: skip
    for link in ReferralLink.objects.filter(client_id__in=ids).order_by("id"):
        yield {"referral_link": link.public_id, "made": link.made_at.isoformat()}
    for row in Referral.objects.filter(_named(ids)).order_by("id"):
        yield {"brought_a_friend" if row.referrer_id in ids else "was_brought": row.made_at.isoformat()}
    for paid in ReferralPayout.objects.filter(referrer_id__in=ids).order_by("id"):
        yield {"paid_for_friends": str(paid.amount), "at": paid.at.isoformat(), "note": paid.note}


register_stake(
    Stake(
        "client",
        "loyalty",
        frozenset(
            {
                "loyalty.PromoCode",
                "loyalty.PromoUse",
                "loyalty.Referral",
                "loyalty.ReferralLink",
                "loyalty.ReferralPayout",
            }
        ),
        touched=touched,
        tell=tell,
        lock=lock,
        move=move,
        withdraw=forget,
        erase=forget,
        export=export,
    )
)
