"""What begins by the calendar and by lists: looked for by a sweep, in pages, each a transaction with its place.

Somebody's day is looked for once a day and clock, from its hour on. A list is walked in the order of its records: who
was not there at the last look comes in. The first look after switching on only notes who is there.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from voronka.flows.models import Automation, AutomationVersion, Matched, Sweep
from voronka.flows.ports import DayTrigger, ListTrigger
from voronka.flows.rules.waits import minute_of
from voronka.flows.services import offering
from voronka.flows.services.acting import is_off, machine
from voronka.flows.services.entering import enter, map_of
from voronka.kit.actors import Actor
from voronka.kit.clocks import wall
from voronka.kit.errors import Refusal
from voronka.kit.rows import each
from voronka.kit.tenancy import company_context

PAGE = 500
KEPT = timedelta(days=40)
FIRST_DAY = date(1970, 1, 1)  # of the look at a list, which is of no day


def timed_kinds() -> list[str]:
    """Return the kinds of triggers that are looked for."""
    return [kind for kind, one in offering.all_triggers().items() if issubclass(one, DayTrigger | ListTrigger)]


def companies_timed() -> list[int]:
    """Return the companies in which something is to be looked for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM flows_companies_timed(%s) AS company", [timed_kinds()])
        return [row[0] for row in cursor.fetchall()]


def look(company_id: int, *, now: datetime) -> int:
    """Look for everything that is due in a company; return how many came in."""
    with company_context(company_id, origin="automation", strict=True):
        with transaction.atomic():
            with machine() as actor:
                if is_off(actor):
                    return 0
            on = Automation.objects.filter(is_on=True, trigger__in=timed_kinds()).order_by("id")
            found = {one.pk: one for one in on}
            Sweep.objects.filter(day__lt=(now - KEPT).date(), day__gt=FIRST_DAY).delete()
        return each(found, lambda pk: _look_one(found[pk], now), words="an automation could not be looked for")


def _look_one(automation: Automation, now: datetime) -> int:
    with transaction.atomic():
        version = AutomationVersion.objects.filter(automation=automation, state="live").first()
        begins = offering.find_trigger(map_of(version).trigger) if version else None
        zones = list(begins.zones()) if isinstance(begins, DayTrigger) else []
    entered = 0
    if isinstance(begins, DayTrigger):
        for zone in zones:
            entered += _look_zone(automation, begins, zone, now)
    elif isinstance(begins, ListTrigger):
        entered += _look_list(automation, begins, now)
    return entered


def _look_zone(automation: Automation, begins: DayTrigger, zone: str, now: datetime) -> int:
    """Look for those whose day it is by one clock, if its hour has come and this was not done yet."""
    here, entered = wall(now, zone), 0
    if here.hour * 60 + here.minute < minute_of(begins.at):
        return 0
    day = here.date()
    if automation.switched_at is not None and _was_past(automation.switched_at, begins, zone, day):
        return 0
    while True:
        with transaction.atomic():
            place = _place(automation, zone, day)
            if place is None or place.done_at is not None:
                return entered
            ids = begins.whose(day, zone, place.after, PAGE)
            entered += sum(enter(automation, one, now=now) is not None for one in ids)
            place.after = ids[-1] if ids else place.after
            place.done_at = now if len(ids) < PAGE else None
            place.save(update_fields=["after", "done_at"])


def _was_past(switched_at: datetime, begins: DayTrigger, zone: str, day: date) -> bool:
    """Tell whether it was switched on after the hour of the same day: then it begins tomorrow."""
    then = wall(switched_at, zone)
    return then.date() == day and then.hour * 60 + then.minute > minute_of(begins.at)


def _place(automation: Automation, zone: str, day: date) -> Sweep | None:
    """Return how far the look has come, locked; None where another worker is at it."""
    Sweep.objects.bulk_create([Sweep(automation=automation, zone=zone, day=day)], ignore_conflicts=True)
    rows = Sweep.objects.select_for_update(skip_locked=True)
    return rows.filter(automation=automation, zone=zone, day=day).first()


def _look_list(automation: Automation, begins: ListTrigger, now: datetime) -> int:
    """Walk the list once: who is new comes in, who is no longer there is forgotten."""
    entered = 0
    while True:
        with transaction.atomic():
            place = _place(automation, "", FIRST_DAY)
            if place is None:
                return entered
            with machine() as actor:
                ids = _page(automation, begins, place.after, actor)
            if ids is None:
                return entered  # the list is gone: the page of the automation says so
            is_last = len(ids) < PAGE
            known = Matched.objects.filter(automation=automation, subject_id__gt=place.after)
            if not is_last:
                known = known.filter(subject_id__lte=ids[-1])
            was = set(known.values_list("subject_id", flat=True))
            known.exclude(subject_id__in=ids).delete()
            fresh = [one for one in ids if one not in was]
            Matched.objects.bulk_create(
                [Matched(automation=automation, subject_id=one) for one in fresh], ignore_conflicts=True
            )
            if place.done_at is not None and (
                automation.switched_at is None or place.done_at > automation.switched_at
            ):
                entered += sum(enter(automation, one, now=now) is not None for one in fresh)
            place.after = 0 if is_last else ids[-1]
            place.done_at = now if is_last else place.done_at
            place.save(update_fields=["after", "done_at"])
            if is_last:
                return entered


def _page(automation: Automation, begins: ListTrigger, after: int, actor: Actor) -> Sequence[int] | None:
    try:
        return offering.traveller_of(automation.subject).list_page(actor, begins.list, after, PAGE)
    except Refusal:
        return None
