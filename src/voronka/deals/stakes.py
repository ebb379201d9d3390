"""What deals do with their rows when the client they are about changes fate."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.deals.models import Deal, DealLine, Press, WalkItem
from voronka.kit.files import delete_file
from voronka.kit.models import Change, StoredFile
from voronka.kit.stakes import Moved, Stake, move_back, move_rows, register_stake
from voronka.work import services as work


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients whose deals were worked with: pressed on, changed, closed, or not opened by an import."""
    pressed = Press.objects.filter(deal=OuterRef("pk"))
    changed = Change.objects.filter(table="deals_deal", row_id=OuterRef("pk"))
    worked = Q(import_run=None) | ~Q(state=Deal.State.OPEN) | Q(Exists(pressed)) | Q(Exists(changed))
    return set(Deal.objects.filter(client_id__in=ids).filter(worked).values_list("client_id", flat=True))


def withdraw(ids: Sequence[int]) -> None:
    """Delete the untouched deals of clients whose import is undone; their tasks go by the stake of the queue."""
    _drop_files(ids)
    WalkItem.objects.filter(client_id__in=ids).delete()
    Deal.objects.filter(client_id__in=ids).delete()


def refuse(ids: Sequence[int]) -> list[str]:
    """Refuse to give up clients whose deals were worked with."""
    count = len(touched(ids))
    return [_("Deals of %(n)s of these clients were worked with.") % {"n": count}] if count else []


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many deals there are."""
    count = Deal.objects.filter(client_id__in=ids).count()
    return [ngettext("%(n)d deal", "%(n)d deals", count) % {"n": count}] if count else []


def lock(ids: Sequence[int]) -> None:
    """Lock the deals of clients in key order: a press locks its deal first, and its client's card after it.

    So does whoever takes the next one of a walk with its item.
    """
    for model in (Deal, WalkItem):
        rows = model.objects.select_for_update().filter(client_id__in=ids).order_by("id")
        list(rows.values_list("id", flat=True))


def hold(ids: Sequence[int]) -> Mapping[int, str]:
    """Keep clients with open deals out of the recycle bin: they are being worked with."""
    found = Deal.objects.filter(client_id__in=ids, state=Deal.State.OPEN).values_list("client_id", flat=True)
    return dict.fromkeys(found, _("has an open deal: close it first"))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give the deals and presses of merged clients to the survivor."""
    return [move for model in (Deal, Press, WalkItem) for move in move_rows(model, "client_id", ids, to)]


def give_back(moved: Moved) -> None:
    """Give deals back to their clients, with the presses and tasks that they have got since."""
    move_back(moved)
    if moved["model"] == Deal._meta.label:
        owners: dict[int, list[int]] = {}
        for deal_id, was, _now in moved["rows"]:
            owners.setdefault(was, []).append(deal_id)
        for client_id, deal_ids in owners.items():
            for model in (Press, WalkItem):
                model.objects.filter(deal_id__in=deal_ids).update(client_id=client_id)
            work.follow_subjects("deal", deal_ids, client_id=client_id)


def erase(ids: Sequence[int]) -> None:
    """Blank what was written about the clients and delete their deals' files; sums and presses stay in the books."""
    _drop_files(ids)
    Deal.objects.filter(client_id__in=ids).update(title="", fields={})
    # What was typed in words may tell of the client; goods of the catalogue do not.
    DealLine.objects.filter(deal__client_id__in=ids, variant=None).update(name="—")
    Press.objects.filter(client_id__in=ids).update(comment="", before={"deal": {}, "after": {}}, effects=[])


def _drop_files(ids: Sequence[int]) -> None:
    deals = Deal.objects.filter(client_id__in=ids)
    for file in StoredFile.objects.filter(subject_kind="deal", subject_id__in=deals.values("id")):
        delete_file(file)


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give the deals of the clients as plain values, for the data's owner."""
    rows = Deal.objects.filter(client_id__in=ids).select_related("pipeline", "stage").prefetch_related("lines")
    for one in rows.order_by("id"):
        yield {
            "deal": one.public_id,
            "title": one.title,
            "pipeline": one.pipeline.name,
            "stage": one.stage.name,
            "state": one.state,
            "sum": str(one.sum) if one.sum is not None else None,
            "currency": one.currency,
            "goods": [
                {"name": line.name, "quantity": str(line.quantity), "total": str(line.total)}
                for line in sorted(one.lines.all(), key=lambda line: line.position)
            ],
            "tags": one.tags,
            "fields": one.fields,
            "made_at": one.made_at.isoformat(),
        }


register_stake(
    Stake(
        "client",
        "deals",
        frozenset({"deals.Deal", "deals.Press", "deals.WalkItem"}),
        refuse=refuse,
        touched=touched,
        withdraw=withdraw,
        tell=tell,
        lock=lock,
        move=move,
        move_back=give_back,
        erase=erase,
        export=export,
        hold=hold,
    )
)
