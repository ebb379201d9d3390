"""How long visits are kept."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from voronka.site.models import Site, Visit, VisitEvent, Visitor

AT_ONCE = 300


def companies_with_old(now: datetime) -> list[int]:
    """Return the companies that keep something longer than they want to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT company FROM site_companies_with_old(%s)", [now])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def drop_old(*, now: datetime) -> int:
    """Drop some old visits with what happened in them, and visitors who have none left; return how many visits."""
    limits = {one.pk: now - timedelta(days=one.keep_days) for one in Site.objects.order_by("id")}
    found = dict[int, int]()
    for site_id, limit in limits.items():
        old = Visit.objects.filter(visitor__site=site_id, last_at__lt=limit).order_by("last_at", "id")[:AT_ONCE]
        found |= dict(old.values_list("id", "visitor_id"))
    # The collector holds a visitor while it writes: who is back at this moment is not taken for gone.
    held = Visitor.objects.select_for_update().filter(id__in=set(found.values())).order_by("id")
    visitors = set(held.values_list("id", flat=True))
    rows = Visit.objects.filter(id__in=list(found)).values_list("id", "last_at", "visitor__site")
    visits = [pk for pk, last_at, site_id in rows if last_at < limits[site_id]]
    VisitEvent.objects.filter(visit_id__in=visits).delete()
    Visit.objects.filter(id__in=visits).delete()
    left = set(Visit.objects.filter(visitor_id__in=visitors).values_list("visitor_id", flat=True))
    Visitor.objects.filter(id__in=visitors - left).delete()
    return len(visits)
