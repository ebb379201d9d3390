"""What visitors do when the client they are known as changes fate."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import ngettext

from voronka.care import services as care
from voronka.kit.stakes import Moved, Stake, move_rows, register_stake
from voronka.site.models import SeenGoods, Showing, Visit, VisitEvent, Visitor


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients who were on the site."""
    found = Visitor.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    return {one for one in found if one is not None}


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many visits the clients made."""
    count = Visit.objects.filter(visitor__client_id__in=ids).count()
    return [ngettext("%(n)d visit of the site", "%(n)d visits of the site", count) % {"n": count}] if count else []


def lock(ids: Sequence[int]) -> None:
    """Lock the visitors in key order."""
    list(Visitor.objects.select_for_update().filter(client_id__in=ids).order_by("id").values_list("id", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Let visits be the survivor's."""
    return list(move_rows(Visitor, "client_id", ids, to))


def forget(ids: Sequence[int]) -> None:
    """Drop what the clients did on the site."""
    visits = Visit.objects.filter(visitor__client_id__in=ids).values("id")
    SeenGoods.objects.filter(visit_id__in=visits).delete()
    VisitEvent.objects.filter(visit_id__in=visits).delete()
    Visit.objects.filter(visitor__client_id__in=ids).delete()
    Showing.objects.filter(visitor__client_id__in=ids).delete()
    care.drop_strangers(list(Visitor.objects.filter(client_id__in=ids).values_list("id", flat=True)))
    Visitor.objects.filter(client_id__in=ids).delete()


def withdraw(ids: Sequence[int]) -> None:
    """Leave the visits without a client."""
    Visitor.objects.filter(client_id__in=ids).update(client=None, is_proven=False)


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give visits with what happened in them as plain values, for the data's owner."""
    for visit in Visit.objects.filter(visitor__client_id__in=ids).order_by("id"):
        events = VisitEvent.objects.filter(visit=visit).order_by("id")
        seen = SeenGoods.objects.filter(visit=visit).select_related("variant").order_by("id")
        yield {
            "site_visit": visit.begun_at.isoformat(), "until": visit.last_at.isoformat(), "from": visit.head,
            "events": [{"kind": one.kind, "at": one.at.isoformat(), "about": one.about} for one in events],
            "goods": [{"name": one.variant.name, "times": one.times, "seconds": one.seconds} for one in seen],
        }  # fmt: skip
    for showing in Showing.objects.filter(visitor__client_id__in=ids).select_related("widget").order_by("id"):
        yield {
            "shown": showing.offered_at.isoformat(), "widget": showing.widget.name, "came_of_it": showing.state,
            "code": showing.code, "page": showing.page, "about": showing.about, "did": showing.did,
        }  # fmt: skip


register_stake(
    Stake(
        "client",
        "site",
        frozenset({"site.Visitor"}),
        touched=touched,
        tell=tell,
        lock=lock,
        move=move,
        withdraw=withdraw,
        erase=forget,
        export=export,
    )
)
