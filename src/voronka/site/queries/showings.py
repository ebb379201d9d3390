"""What was offered to visitors."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from voronka.site.models import Showing
from voronka.site.rules.stage import Past, is_alive

MOST = 200


def past_of(visitor_id: int, widget_id: int, key: str) -> list[Past]:
    """Return what was offered to a visitor, the newest first: the last of all, and what bears on a widget or a key.

    However long ago that was: what is asked for once is asked once.
    """
    his = Showing.objects.filter(visitor=visitor_id).order_by("-id")
    rows = list(his[:MOST])
    if len(rows) == MOST:
        own = his.filter(widget=widget_id, pk__lt=rows[-1].pk).exclude(state=Showing.State.MISSED)
        rows += [*own.exclude(state=Showing.State.CLOSED)[:1], *own.filter(state=Showing.State.CLOSED)[:1]]
        rows += his.filter(key=key, pk__lt=rows[MOST - 1].pk)
    return [_past(one) for one in rows]


def times_offered(visitor_id: int, widget_ids: Sequence[int]) -> dict[int, int]:
    """Return how often each of some widgets was offered to a visitor; those that never were are left out."""
    rows = Showing.objects.filter(visitor=visitor_id, widget__in=widget_ids).order_by().values_list("widget_id")
    return dict(rows.annotate(times=Count("id")))


def _past(one: Showing) -> Past:
    return Past(
        one.widget_id, one.key, one.state, one.rank, one.offered_at, one.shown_at, one.ended_at, one.ends_at,
        one.is_asked,
    )  # fmt: skip


def waiting_for(visitor_id: int, now: datetime) -> Showing | None:
    """Return what waits to be shown to a visitor."""
    found = alive_of(visitor_id, now)
    return found if found is not None and found.state == Showing.State.WAITING else None


def alive_of(visitor_id: int, now: datetime) -> Showing | None:
    """Return what has a visitor's screen, or waits for it: there is one at most."""
    rows = Showing.objects.select_related("widget").filter(visitor=visitor_id, ended_at=None).order_by("-rank", "-id")
    return next((one for one in rows[:20] if is_alive(_past(one), now) and one.widget.is_on), None)


def reason_words() -> dict[str, str]:
    """Return the words of why a widget was not shown, by reason (rules.stage.REASONS)."""
    return {
        "again": _("the same was wanted again"),
        "often": _("shown to him already"),
        "closed": _("he has closed it before"),
        "cap": _("enough in one visit"),
        "gap": _("too soon after another one"),
        "other": _("another one was there"),
        "late": _("its time was over"),
        "off": _("it was switched off"),
        "bot": _("a machine"),
        "empty": _("nothing to say on that page"),
        "asked": _("he was asked lately, or the survey is off"),
    }
