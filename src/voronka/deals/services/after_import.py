"""Putting imported clients into a pipeline, spread over working days; the undo of the import withdraws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal, Pipeline
from voronka.deals.permissions import ASSIGN, OPEN_DEALS
from voronka.deals.rules.edits import clean_line
from voronka.deals.services.opening import Planned, open_many
from voronka.kit import jobs
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.people import queries as people
from voronka.people.queries import imports
from voronka.work import queries as queue
from voronka.work import services as work
from voronka.work.queries import CallingHours

CHUNK = 500
MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """How far an import's clients are put into a pipeline: ids of clients without a deal, deals opened from it."""

    run_id: int
    waiting: int
    opened: int


def get_offer(actor: Actor, run: str) -> Offer:
    """Return what may be offered after an import, by its public id. Raises Denied or NotFound."""
    actor.require(OPEN_DEALS)
    run_id = imports.find_run_id(run)
    if run_id is None:
        raise NotFound(_("There is no such import."))
    waiting, after = 0, 0
    while ids := imports.made_client_ids(run_id, after=after):
        waiting += len(_without_deal(ids))
        after = ids[-1]
    return Offer(run_id, waiting, Deal.objects.filter(import_run_id=run_id).count())


def _without_deal(ids: Sequence[int]) -> list[int]:
    known = set(Deal.objects.filter(client_id__in=ids).values_list("client_id", flat=True))
    return [one for one in ids if one not in known]


@transaction.atomic
def plan(*, actor: Actor, run: str, pipeline: str, responsible: str, days: int, title: str) -> Offer:
    """Let a job open a deal for each client that an import made and that has none, over so many working days.

    `responsible` is pool, me or an employee's public id. Raises Invalid at the fields.
    """
    offer = get_offer(actor, run)
    problems: dict[str, str] = {}
    chosen = Pipeline.objects.filter(public_id=pipeline, is_active=True).first()
    if chosen is None:
        problems["pipeline"] = _("This choice is no longer in the list.")
    if not 1 <= days <= MOST_DAYS:
        problems["days"] = _("From 1 to %(n)s days.") % {"n": MOST_DAYS}
    owner = 0
    if responsible == "me":
        owner = actor.person_id
    elif responsible != "pool":
        owner = next((one.pk for one in accounts.list_employees() if one.public_id == responsible), 0)
        if not owner or not actor.may(ASSIGN):
            problems["responsible"] = _("This choice is no longer in the list.")
    title = clean_line(title[:2000])
    if len(title) > 200:
        problems["title"] = _("Longer than %(limit)s signs.") % {"limit": 200}
    if problems or chosen is None:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    jobs.defer(
        "deals.open_for_import",
        company_id=actor.company_id,
        once=f"open_for_import {actor.company_id} {offer.run_id}",
        run_id=offer.run_id,
        pipeline_id=chosen.pk,
        responsible_id=owner,
        per_day=max(1, -(-offer.waiting // days)),
        title=title,
    )
    return offer


def open_for_import(
    *, run_id: int, pipeline_id: int, responsible_id: int, per_day: int, title: str, now: datetime
) -> int:
    """Open the deals chunk by chunk, each a transaction complete in itself; goes on after any stop."""
    # Outside of a transaction no company is set, and nothing would be found.
    with transaction.atomic():
        actor = Actor.system(accounts.get_company_rules().company_id, origin="job")
        after, opened = 0, Deal.objects.filter(import_run_id=run_id).count()
        days = _working_days(now)
    while True:
        with transaction.atomic():
            ids = imports.made_client_ids(run_id, after=after, limit=CHUNK)
            if not ids:
                return opened
            fresh = _without_deal(_still_there(run_id, ids))
            planned = _planned(fresh, opened, per_day, days, now)
            opened += open_many(
                planned,
                actor=actor,
                pipeline_id=pipeline_id,
                responsible_id=responsible_id or None,
                title=title,
                now=now,
                source="import",
                import_run_id=run_id,
            )
        after = ids[-1]


def _still_there(run_id: int, ids: Sequence[int]) -> list[int]:
    """Lock the cards and leave out those that an undo has taken meanwhile."""
    present = people.lock_clients(ids)
    return [one for one in ids if one in present]


def _planned(ids: Sequence[int], already: int, per_day: int, days: Sequence[date], now: datetime) -> list[Planned]:
    rules = accounts.get_company_rules()
    windows: dict[tuple[str, int, int], int] = {}
    planned = []
    cards = people.client_rows(ids)
    for number, client_id in enumerate(one for one in ids if one in cards):
        card = cards[client_id]
        window = CallingHours.of_client(card, rules).window
        key = (window.zone, window.opens_minute, window.closes_minute)
        if key not in windows:
            windows[key] = work.window_for(*key)
        day = min((already + number) // per_day, len(days) - 1)
        planned.append(Planned(client_id, windows[key], _moment(days[day], rules.zone, now), card.is_vip))
    return planned


def _moment(day: date, zone: str, now: datetime) -> datetime:
    """Return when a task of that day becomes ready: at its midnight, never in the past; call hours do the rest."""
    return max(now, datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC))


def _working_days(now: datetime) -> list[date]:
    """Return today, if it is a working day of the company, and the working days that follow."""
    rules = accounts.get_company_rules()
    schedule = queue.schedule_of(None, rules.zone)
    today = now.astimezone(ZoneInfo(rules.zone)).date()
    days = [today + timedelta(days=far) for far in range(MOST_DAYS * 3)]
    working = [day for day in days if schedule.hours_on(day) is not None]
    return working[: MOST_DAYS + 1] or [today]
