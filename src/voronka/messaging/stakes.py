"""What messages do with their rows when the client they were written to changes fate."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import ngettext

from voronka.kit.stakes import Moved, Stake, move_rows, register_stake
from voronka.messaging.models import Letter


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients somebody has written to: a letter cannot be unwritten."""
    return set(Letter.objects.filter(client_id__in=ids).values_list("client_id", flat=True))


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many letters there are."""
    count = Letter.objects.filter(client_id__in=ids).count()
    return [ngettext("%(n)d letter", "%(n)d letters", count) % {"n": count}] if count else []


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give the letters of merged clients to the survivor."""
    return move_rows(Letter, "client_id", ids, to)


def erase(ids: Sequence[int]) -> None:
    """Blank address and text; that a letter went stays known."""
    Letter.objects.filter(client_id__in=ids).update(address="", subject="", body="")


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give the letters to the clients as plain values, for the data's owner."""
    for one in Letter.objects.filter(client_id__in=ids).order_by("id"):
        yield {"to": one.address, "subject": one.subject, "text": one.body, "at": one.made_at.isoformat()}


register_stake(
    Stake(
        "client",
        "messaging",
        frozenset({"messaging.Letter"}),
        touched=touched,
        proofs=touched,
        tell=tell,
        move=move,
        erase=erase,
        export=export,
    )
)
