"""What orders do when the client they are of changes fate: what was sold stays in the books."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import ngettext

from voronka.kit.stakes import Moved, Stake, drop_rows, move_rows, register_stake
from voronka.orders.models import ClientFigures, ClientWord, Feedback, Order, OrderLetter, Return
from voronka.orders.services.figures import refresh_figures


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients who have ordered."""
    return set(Order.objects.filter(client_id__in=ids).values_list("client_id", flat=True))


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many orders there are."""
    count = Order.objects.filter(client_id__in=ids).count()
    return [ngettext("%(n)d order", "%(n)d orders", count) % {"n": count}] if count else []


def lock(ids: Sequence[int]) -> None:
    """Lock the orders in key order, as their own verbs do before they come to the client."""
    list(Order.objects.select_for_update().filter(client_id__in=ids).order_by("pk").values_list("pk", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give the orders of joined clients to the one that stays, and reckon his figures anew."""
    theirs = list(ClientWord.objects.filter(client_id__in=ids).order_by("pk"))
    known = set(ClientWord.objects.filter(client_id=to).values_list("key", flat=True))
    doubled = []
    for word in theirs:  # two cards may call goods the same: the word of the card that stays holds
        if word.key in known:
            doubled.append(word)
        known.add(word.key)
    done = [
        *(drop_rows(ClientWord, doubled) if doubled else []),
        *move_rows(ClientWord, "client_id", ids, to),
        *move_rows(OrderLetter, "client_id", ids, to),
        *move_rows(Order, "client_id", ids, to),
        *move_rows(Order, "subject_id", ids, to, where={"subject_kind": "client"}),
    ]
    kept = list(ClientFigures.objects.filter(client_id__in=[*ids, to]).order_by("pk"))
    if kept:
        dropped = drop_rows(ClientFigures, kept)
        refresh_figures([to])
        made = list(ClientFigures.objects.filter(client_id=to).values_list("pk", flat=True))
        done += [one | {"made": made} for one in dropped]
    return done


def withdraw(ids: Sequence[int]) -> None:
    """Take the figures away of clients who have ordered nothing, and what they call goods."""
    ClientFigures.objects.filter(client_id__in=ids).delete()
    ClientWord.objects.filter(client_id__in=ids).delete()
    OrderLetter.objects.filter(client_id__in=ids).update(client=None)


def erase(ids: Sequence[int]) -> None:
    """Blank what was written about the clients, end their links; what was sold for how much stays in the books.

    Source: article 29 of the law on accounting, five years.
    """
    Order.objects.filter(client_id__in=ids).update(
        address="", city="", recipient_name="", recipient_phone="", comment="", cancel_cause="", late_cause="",
        link_hash="", outer_number="",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT orders_forget_causes(%s)", [list(ids)])
    OrderLetter.objects.filter(client_id__in=ids).update(
        sender="", sender_name="", subject="", text="", files=[], lines=[]
    )
    ClientWord.objects.filter(client_id__in=ids).delete()
    Return.objects.filter(order__client_id__in=ids).update(reason="")
    Feedback.objects.filter(order__client_id__in=ids).update(words="")


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give the orders of the clients as plain values, for the data's owner."""
    for letter in OrderLetter.objects.filter(client_id__in=ids).order_by("id"):
        yield {
            "letter": letter.subject, "came_at": letter.came_at.isoformat(), "from": letter.sender, "text": letter.text,
        }  # fmt: skip
    rows = Order.objects.filter(client_id__in=ids).select_related("status").prefetch_related("lines")
    said_of: dict[int, list[dict[str, Any]]] = {}
    for said in Feedback.objects.filter(order__client_id__in=ids).order_by("id"):
        said_of.setdefault(said.order_id, []).append({"stars": said.stars, "words": said.words})
    for one in rows.order_by("id"):
        yield {
            "order": one.number, "made_at": one.made_at.isoformat(), "status": one.status.name, "sum": str(one.total),
            "paid": str(one.paid), "address": one.address, "recipient": one.recipient_name,
            "phone": one.recipient_phone, "comment": one.comment,
            "lines": [
                {"name": line.name, "quantity": str(line.quantity), "sum": str(line.total)}
                for line in one.lines.all()
            ],
            "feedback": said_of.get(one.pk, []),
        }  # fmt: skip


register_stake(
    Stake(
        "client",
        "orders",
        frozenset({"orders.Order", "orders.ClientFigures", "orders.ClientWord", "orders.OrderLetter"}),
        touched=touched,
        proofs=touched,
        tell=tell,
        lock=lock,
        move=move,
        withdraw=withdraw,
        erase=erase,
        export=export,
    )
)
