"""What promo codes do when the client they name changes fate."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import ngettext

from voronka.kit.stakes import Moved, Stake, move_rows, register_stake
from voronka.loyalty.models import PromoCode, PromoUse

MODELS = (PromoCode, PromoUse)


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients who have codes of their own or have used some."""
    return {
        one
        for model in MODELS
        for one in model.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
        if one is not None
    }


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many codes are bound to the clients, and how many they used."""
    own = PromoCode.objects.filter(client_id__in=ids).count()
    used = PromoUse.objects.filter(client_id__in=ids, given_back_at=None).count()
    said = [ngettext("%(n)d own promo code", "%(n)d own promo codes", own) % {"n": own}] if own else []
    if used:
        said.append(ngettext("%(n)d used promo code", "%(n)d used promo codes", used) % {"n": used})
    return said


def lock(ids: Sequence[int]) -> None:
    """Lock codes and uses in key order, as the verbs here do before they name a card."""
    for model in MODELS:
        rows = model.objects.select_for_update().filter(client_id__in=ids).order_by("id")
        list(rows.values_list("id", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Let codes be for the survivor, and uses be his."""
    return [moved for model in MODELS for moved in move_rows(model, "client_id", ids, to)]


def forget(ids: Sequence[int]) -> None:
    """Switch off what was for these clients alone, and forget whose it was; what was taken off stays in the ledger."""
    PromoCode.objects.filter(client_id__in=ids).update(client=None, is_on=False)
    PromoUse.objects.filter(client_id__in=ids).update(client=None)


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give codes and uses as plain values, for the data's owner."""
    for code in PromoCode.objects.filter(client_id__in=ids).select_related("promo").order_by("id"):
        yield {"promo_code": code.code, "promo": code.promo.name, "used": code.used}
    for use in PromoUse.objects.filter(client_id__in=ids).select_related("promo", "code").order_by("id"):
        yield {
            "promo_code": use.code.code, "promo": use.promo.name, "taken_off": str(use.amount),
            "at": use.at.isoformat(), "given_back": use.given_back_at is not None,
        }  # fmt: skip


register_stake(
    Stake(
        "client",
        "loyalty",
        frozenset({"loyalty.PromoCode", "loyalty.PromoUse"}),
        touched=touched,
        tell=tell,
        lock=lock,
        move=move,
        withdraw=forget,
        erase=forget,
        export=export,
    )
)
