"""What the worker does for campaigns: begins those whose hour has come, freezes, lets through, ends.

A campaign that nobody looked at for long (the system was down, a backup was restored), or that breaks, asks a person
first.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from voronka.accounts import queries as accounts
from voronka.accounts import services as staff
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.rows import OF_DATABASE, each
from voronka.kit.tenancy import company_context, current_company_id
from voronka.messaging.models import Campaign, Message
from voronka.messaging.queries.campaigns import has_open
from voronka.messaging.rules.campaigns import LIVE, is_overdue, let_through, next_look, was_left
from voronka.messaging.services.campaigns.freezing import freeze_chunk
from voronka.messaging.services.campaigns.running import TURN, begin, hold_rows, move

NOTICE = "campaign_asks"
# Frozen at one look, so that a large campaign keeps no other one waiting for long.
CHUNKS = 40


def companies_due(now: datetime) -> list[int]:
    """Return the companies with a campaign to be looked at."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM messaging_campaigns_due(%s)", [now])
        return [company for (company,) in cursor.fetchall()]


def look(*, now: datetime, clock: Callable[[], datetime] | None = None) -> None:
    """Look at the campaigns of the current company that are due. Outside of any transaction."""
    tell = clock or (lambda: now)
    hold_left(now=now)
    with transaction.atomic():
        due = Campaign.objects.filter(state__in=LIVE, look_at__lte=now)
        runs = dict(due.order_by("look_at", "id").values_list("id", "run_by_id"))
    each(
        runs, lambda pk: _look_at(pk, runs[pk], tell, now), words="a campaign could not be looked at",
        put_off=lambda pk, why: _ask_broken(pk, why, now),
    )  # fmt: skip


def _ask_broken(pk: int, why: Exception, now: datetime) -> None:
    """Let a campaign that broke ask a person: it would break again each second, and be said to have been left."""
    if not isinstance(why, OF_DATABASE):
        _ask(pk, "broken", now)


def _look_at(pk: int, run_by: int | None, tell: Callable[[], datetime], now: datetime) -> None:
    actor = accounts.find_actor(current_company_id(), run_by, origin="campaign") if run_by else None
    if actor is None:
        _ask(pk, "gone", now)
        return
    with company_context(current_company_id(), employee_id=run_by, origin="campaign", strict=True):
        try:
            _run(pk, actor, tell)
        except Refusal as refusal:
            _ask(pk, refusal.code[:10], now)


def _run(pk: int, actor: Actor, tell: Callable[[], datetime]) -> None:
    if not _begun(pk, actor, tell()):
        return
    for _chunk in range(CHUNKS):
        if not freeze_chunk(pk, actor, now=tell()):
            break
    _go_on(pk, tell())


@transaction.atomic
def _begun(pk: int, actor: Actor, now: datetime) -> bool:
    """Begin a campaign whose hour has come; tell whether it runs."""
    row = Campaign.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state == "scheduled" and row.look_at is not None and row.look_at <= now:
        begin(row, actor, now=now)
    return row.state == "running"


@transaction.atomic
def _go_on(pk: int, now: datetime) -> None:
    """Let through what the throttle allows, and end a campaign of which nothing is left to go."""
    row = Campaign.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state != "running":
        return
    if row.a_minute and row.freed_at is not None:
        many, row.freed_at = let_through(row.a_minute, row.freed_at, now)
        free(row, many, now=now)
    row.seen_at, row.look_at = now, now if row.frozen_at is None else next_look(row.a_minute, now)
    if row.frozen_at is not None and not has_open(row.pk):
        row.ended_at = now
        move(row, "done", "seen_at", "ended_at", "freed_at", now=now)
    else:
        row.save(update_fields=["seen_at", "look_at", "freed_at"])


def free(row: Campaign, many: int, *, now: datetime) -> int:
    """Let so many of the waiting rows of a throttled campaign go whose hour has come; return how many there were."""
    if many <= 0:
        return 0
    turn = Message.objects.select_for_update(skip_locked=True).filter(
        cause_kind="campaign", cause_id=row.pk, stage="held", code=TURN, due_at__lte=now
    )
    ids = list(turn.order_by("id").values_list("id", flat=True)[:many])
    return Message.objects.filter(pk__in=ids).update(state="planned", code="")


@transaction.atomic
def hold_left(*, now: datetime) -> int:
    """Let those campaigns ask that nobody looked at in time, or that came out of a backup; return how many.

    Senders call it before they look for messages: a machine that wakes up sends nothing on its own.
    """
    rows = Campaign.objects.select_for_update(of=("self",)).filter(state__in=LIVE).order_by("id")
    count = 0
    for row in rows:
        why = row.asks_why
        if not why and row.state == "running" and was_left(row.seen_at, now):
            why = "left"
        if not why and row.state == "scheduled" and row.look_at is not None and is_overdue(row.look_at, now):
            why = "overdue"
        if why:
            _let_ask(row, why, now)
            count += 1
    return count


@transaction.atomic
def _ask(pk: int, why: str, now: datetime) -> None:
    row = Campaign.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state in LIVE:
        _let_ask(row, why, now)


def _let_ask(row: Campaign, why: str, now: datetime) -> None:
    hold_rows(row)
    row.asks_why = why
    move(row, "asks", "asks_why", now=now)
    told = [one for one in (row.run_by_id, row.by_id) if one is not None and accounts.is_working(one)]
    staff.notify(
        employee_ids=told, code=NOTICE, subject_kind="campaign", subject_id=row.pk, detail_id=int(now.timestamp()),
        by=None, now=now,
    )  # fmt: skip
