"""How long visits are kept, what was shown in them, and visitors of whom none was written."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, Q

from voronka.care import services as care
from voronka.site.models import SeenGoods, Showing, Site, Visit, VisitEvent, Visitor

AT_ONCE = 300


def companies_with_old(now: datetime) -> list[int]:
    """Return the companies that keep something longer than they want to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT company FROM site_companies_with_old(%s)", [now])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def drop_old(*, now: datetime) -> int:
    """Drop some old visits with what happened in them, and visitors who have none left; return how many visits."""
    limits = _limits(now)
    found = dict[int, int]()
    for site_id, limit in limits.items():
        old = Visit.objects.filter(visitor__site=site_id, last_at__lt=limit).order_by("last_at", "id")[:AT_ONCE]
        found |= dict(old.values_list("id", "visitor_id"))
    # The collector holds a visitor while it writes: who is back at this moment is not taken for gone.
    held = Visitor.objects.select_for_update().filter(id__in=set(found.values())).order_by("id")
    visitors = set(held.values_list("id", flat=True))
    rows = Visit.objects.filter(id__in=list(found)).values_list("id", "last_at", "visitor__site")
    visits = [pk for pk, last_at, site_id in rows if last_at < limits[site_id]]
    SeenGoods.objects.filter(visit_id__in=visits).delete()
    VisitEvent.objects.filter(visit_id__in=visits).delete()
    Visit.objects.filter(id__in=visits).delete()
    left = set(Visit.objects.filter(visitor_id__in=visitors).values_list("visitor_id", flat=True))
    _drop_visitors(visitors - left)
    return len(visits)


@transaction.atomic
def drop_shown(*, now: datetime) -> int:
    """Drop some old showings of visitors who keep coming; return how many.

    What has a deadline is as old as that. Whatever was to be shown to him once may be shown to him again then, as to a
    visitor who is not remembered: what he was shown is kept no longer than what he did.
    """
    found, limits = dict[int, int](), _limits(now)
    for site_id, limit in limits.items():
        old = Showing.objects.filter(
            Q(ends_at=None) | Q(ends_at__lt=limit), widget__site=site_id, offered_at__lt=limit
        )
        found |= dict(old.order_by("offered_at", "id").values_list("id", "visitor_id")[:AT_ONCE])
    # Whoever answers a showing holds its visitor.
    rows = Visitor.objects.select_for_update(no_key=True).filter(id__in=set(found.values())).order_by("id")
    held = dict(rows.values_list("id", "site_id"))
    for site_id, limit in limits.items():
        care.drop_strangers([pk for pk, site in held.items() if site == site_id], before=limit)
    Showing.objects.filter(id__in=list(found)).delete()
    return len(found)


@transaction.atomic
def drop_unvisited(*, now: datetime) -> int:
    """Drop some visitors without a visit (their pages only asked for widgets) and what was shown to them.

    Returns how many were looked at; those shown something since are kept.
    """
    limits, ids = _limits(now), list[int]()
    for site_id, limit in limits.items():
        old = Visitor.objects.filter(site=site_id, unvisited_since__lt=limit).order_by("unvisited_since")
        ids += old.values_list("id", flat=True)[:AT_ONCE]
    held = list(Visitor.objects.select_for_update().filter(id__in=ids, unvisited_since__isnull=False).order_by("id"))
    shown = Showing.objects.filter(visitor__in=held).order_by().values_list("visitor_id")
    newest = dict(shown.annotate(last=Max("offered_at")))
    late = [one for one in held if one.pk in newest and newest[one.pk] >= limits[one.site_id]]
    for one in late:
        one.unvisited_since = newest[one.pk]
    Visitor.objects.bulk_update(late, ["unvisited_since"])
    _drop_visitors({one.pk for one in held} - {one.pk for one in late})
    return len(held)


@transaction.atomic
def drop_said(*, now: datetime) -> int:
    """Drop some of what strangers said to surveys longer ago than any site keeps; return how many there were.

    It goes with its visitor and with its showing; this is for what has lost them.
    """
    limits = _limits(now)
    return care.drop_older(before=min(limits.values()), most=AT_ONCE) if limits else 0


def _drop_visitors(ids: set[int]) -> None:
    """Drop held visitors, and what those said to surveys who never became clients."""
    care.drop_strangers(ids)
    Visitor.objects.filter(id__in=ids).delete()


def _limits(now: datetime) -> dict[int, datetime]:
    """Return the moment before which each site keeps nothing, by site id."""
    return {one.pk: now - timedelta(days=one.keep_days) for one in Site.objects.order_by("id")}
