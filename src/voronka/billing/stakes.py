"""What papers and money do when the client they are of changes fate: papers are kept as the law asks."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import ngettext

from voronka.billing.models import ClientDebt, ClientLimit, Document, Payment
from voronka.billing.services.debts import refresh_debts
from voronka.kit.stakes import Moved, Stake, drop_rows, move_rows, register_stake


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients of whom there are papers or money."""
    return set(Document.objects.filter(client_id__in=ids).values_list("client_id", flat=True)) | set(
        Payment.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    )


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many papers and payments there are."""
    papers, payments = (model.objects.filter(client_id__in=ids).count() for model in (Document, Payment))
    said = [ngettext("%(n)d document", "%(n)d documents", papers) % {"n": papers}] if papers else []
    return [*said, *([ngettext("%(n)d payment", "%(n)d payments", payments) % {"n": payments}] if payments else [])]


def lock(ids: Sequence[int]) -> None:
    """Take the locks of papers and payments, as their own verbs do: payments first."""
    for model in (Payment, Document):
        list(model.objects.select_for_update().filter(client_id__in=ids).order_by("pk").values_list("pk", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give papers and money of joined clients to the one that stays, and reckon what he owes; his own limit holds."""
    done = [
        *move_rows(Document, "client_id", ids, to),
        *move_rows(Document, "subject_id", ids, to, where={"subject_kind": "client"}),
        *move_rows(Payment, "client_id", ids, to),
        *move_rows(ClientLimit, "client_id", ids, to, once=("company_id",)),
    ]
    dropped = drop_rows(ClientDebt, list(ClientDebt.objects.filter(client_id__in=[*ids, to]).order_by("pk")))
    refresh_debts([to])
    made = list(ClientDebt.objects.filter(client_id=to).values_list("pk", flat=True))
    if dropped or made:
        done.append({"model": ClientDebt._meta.label, **(dropped[0] if dropped else {}), "made": made})
    return done


def erase(ids: Sequence[int]) -> None:
    """Take away what the law does not ask to keep: the limit, the words of payments. Issued papers are kept.

    Source: article 29 of the law on accounting, five years; drafts are no papers yet.
    """
    ClientLimit.objects.filter(client_id__in=ids).delete()
    Document.objects.filter(client_id__in=ids, state=Document.State.DRAFT).delete()
    Payment.objects.filter(client_id__in=ids).update(note="")


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give papers and payments as plain values, for the data's owner."""
    for one in Document.objects.filter(client_id__in=ids).order_by("id"):
        yield {
            "document": one.kind, "number": one.number, "day": one.day.isoformat(), "sum": str(one.amount),
            "paid": str(one.paid), "state": one.state, "buyer": one.body.get("buyer", {}),
        }  # fmt: skip
    for paid in Payment.objects.filter(client_id__in=ids).order_by("id"):
        yield {
            "payment": paid.method, "day": paid.day.isoformat(), "sum": str(paid.amount), "name": paid.name,
            "purpose": paid.purpose, "number": paid.number,
        }  # fmt: skip


register_stake(
    Stake(
        "client",
        "billing",
        frozenset({"billing.Document", "billing.Payment", "billing.ClientLimit", "billing.ClientDebt"}),
        touched=touched,
        proofs=touched,
        tell=tell,
        lock=lock,
        move=move,
        erase=erase,
        export=export,
    )
)
