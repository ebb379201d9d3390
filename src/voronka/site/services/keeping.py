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
    dropped = 0
    for site in Site.objects.order_by("id"):
        limit = now - timedelta(days=site.keep_days)
        old = Visit.objects.filter(visitor__site=site, last_at__lt=limit).order_by("last_at", "id")[:AT_ONCE]
        pairs = list(old.values_list("id", "visitor_id"))
        visits, visitors = [one for one, _who in pairs], {who for _one, who in pairs}
        VisitEvent.objects.filter(visit_id__in=visits).delete()
        Visit.objects.filter(id__in=visits).delete()
        left = set(Visit.objects.filter(visitor_id__in=visitors).values_list("visitor_id", flat=True))
        Visitor.objects.filter(id__in=visitors - left).delete()
        dropped += len(visits)
    return dropped
