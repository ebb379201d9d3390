"""What the stock does with its rows when the client they name changes fate."""

from collections.abc import Iterable, Sequence
from typing import Any

from voronka.kit.stakes import Moved, Stake, move_rows, register_stake
from voronka.stock.models import LostSale


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Let the survivor be the one who wanted the goods."""
    return list(move_rows(LostSale, "client_id", ids, to))


def forget(ids: Sequence[int]) -> None:
    """Forget who wanted the goods; that they were wanted stays."""
    LostSale.objects.filter(client_id__in=ids).update(client=None)


def lock(ids: Sequence[int]) -> None:
    """Lock the rows that name the clients, in key order."""
    list(LostSale.objects.select_for_update().filter(client_id__in=ids).order_by("id").values_list("id", flat=True))


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give what the clients wanted and did not get as plain values, for the data's owner."""
    for one in LostSale.objects.filter(client_id__in=ids).select_related("variant").order_by("id"):
        yield {"wanted": one.variant.name, "quantity": str(one.quantity), "at": one.at.isoformat()}


register_stake(
    Stake(
        "client",
        "stock",
        frozenset({"stock.LostSale"}),
        lock=lock,
        move=move,
        withdraw=forget,
        erase=forget,
        export=export,
    )
)
