"""A recorded visit told again, moment by moment, with the visit's row as it was then: for trying scenarios out."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.flows.ports import Heard
from voronka.site.models import Visit, VisitEvent
from voronka.site.ports import Moment
from voronka.site.services.staging import Stage, Tried, heard_of

MOST_EVENTS, MOST_VISITS = 200, 20
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
QUIET = frozenset({"leave", "custom"})  # what scenarios do not hear
SAID = {
    "page": gettext_lazy("opened a page"),
    "product": gettext_lazy("opened a product"),
    "basket": gettext_lazy("changed the basket"),
    "checkout": gettext_lazy("opened the checkout"),
    "purchase": gettext_lazy("bought"),
    "form": gettext_lazy("sent a form"),
    "exit": gettext_lazy("was about to leave"),
    "idle": gettext_lazy("did nothing for a minute"),
    "identify": gettext_lazy("said who he is"),
}


class Visits:
    """Replays recorded visits, for trying scenarios out (flows.ports.Replay)."""

    def times(self, subject_id: int) -> Sequence[tuple[str, datetime]]:
        """Return the latest visits."""
        rows = Visit.objects.filter(visitor=subject_id).order_by("-begun_at")
        return [(str(number), at) for number, at in rows.values_list("number", "begun_at")[:MOST_VISITS]]

    def moments(self, subject_id: int, chosen: str) -> Iterator[tuple[datetime, str, Heard]]:
        """Give the events of a visit one by one, and set the visit's row to what it was at each.

        The caller runs it in a savepoint and rolls that back.
        """
        found = Visit.objects.filter(visitor=subject_id).select_related("visitor").order_by("-begun_at")
        visit = found.filter(number=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 9 else found.first()
        if visit is None:
            return
        rows = list(VisitEvent.objects.filter(visit=visit).exclude(kind__in=QUIET).order_by("at", "id")[:MOST_EVENTS])
        # What came later is not known yet: the latest visit is the one that is told.
        Visit.objects.filter(visitor=subject_id, begun_at__gt=visit.begun_at).update(begun_at=EARLIEST)
        state: dict[str, Any] = {"pages": 0, "page": None, "product": None, "basket": None}
        screen = Tried()
        for row in rows:
            if row.kind in state:
                state[row.kind] = row.about
            state["pages"] += row.kind == "page"
            Visit.objects.filter(pk=visit.pk).update(**state, last_at=row.at)
            moment = Moment(
                visit.visitor.site_id, subject_id, visit.visitor.client_id, row.kind, str(row.about.get("url", "")),
                str(visit.head.get("zone", "")), str(visit.head.get("device", "")), row.at,
                {**row.about, "id": row.key.hex},
            )  # fmt: skip
            yield row.at, _words(row), heard_of(moment, Stage(moment, tried=screen))


def _words(row: VisitEvent) -> str:
    said, about = str(SAID.get(row.kind, row.kind)), row.about
    what = about.get("name") or about.get("title") or about.get("url") or ""
    if row.kind == "basket":
        lines = about.get("lines") or []
        what = ", ".join(str(one.get("name", "")) for one in lines[:2]) or _("nothing in it")
    return f"{said}: {str(what)[:60]}" if what else said
