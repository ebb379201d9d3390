"""A campaign moved from state to state by a person: started, paused, stopped, answered.

Each verb locks the campaign first, so that nobody freezes or frees recipients of it at the same time; rows that are
being handed over belong to their sender and are left to him.
"""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.kit import jobs
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.messaging.events import CampaignMoved
from voronka.messaging.models import Campaign
from voronka.messaging.permissions import RUN_CAMPAIGNS
from voronka.messaging.rules.campaigns import first_hour, may_move
from voronka.messaging.services.campaigns.drafting import lock_campaign
from voronka.messaging.services.comparing import open_test
from voronka.people.queries import asked

JOB = "messaging.campaigns"
PAUSED, TURN = "paused", "turn"
# Rows are locked in the order of their ids, as all who lock more than one do.
_HOLD = """
WITH still AS (SELECT id FROM messaging_message WHERE company_id = %s AND cause_kind = 'campaign' AND cause_id = %s
               AND state IN ('planned', 'waiting', 'claimed', 'held') ORDER BY id FOR UPDATE)
UPDATE messaging_message m SET state = 'held', code = 'paused', claim = '', claim_until = NULL, handed_at = NULL
FROM still WHERE m.company_id = %s AND m.id = still.id AND m.state IN ('planned', 'waiting', 'claimed', 'held')
"""
_LET_GO = """
WITH still AS (SELECT id FROM messaging_message WHERE company_id = %s AND cause_kind = 'campaign' AND cause_id = %s
               AND stage = 'held' ORDER BY id FOR UPDATE)
UPDATE messaging_message m SET state = %s, code = %s FROM still WHERE m.company_id = %s AND m.id = still.id
"""
_CANCEL = """
WITH still AS (SELECT id FROM messaging_message WHERE company_id = %s AND cause_kind = 'campaign' AND cause_id = %s
               AND state IN ('planned', 'waiting', 'claimed', 'held') ORDER BY id FOR UPDATE),
     gone AS (UPDATE messaging_message m SET state = 'cancelled', code = 'stopped', ended_at = %s, handed_at = NULL
              FROM still WHERE m.company_id = %s AND m.id = still.id RETURNING m.id)
INSERT INTO messaging_messagestep (company_id, message_id, state, code, words, at)
SELECT %s, id, 'cancelled', 'stopped', '', %s FROM gone ORDER BY id
"""


@transaction.atomic
def start(*, actor: Actor, public_id: str, now: datetime) -> Campaign:
    """Start a campaign, or let it wait for its hour. Pressed twice it starts once.

    Raises Denied, NotFound, Conflict, and Invalid where its list makes no sense any more.
    """
    row = _own(actor, public_id)
    if row.state in ("scheduled", "running"):
        return row
    _expect(row, "draft")
    row.run_by_id = actor.person_id
    if row.way == "now":
        begin(row, actor, now=now)
        return row
    _audience(actor, row)
    if row.way == "clock" and row.on_day is not None and row.minute is not None:
        row.starts_at = max(first_hour(row.on_day, row.minute), now)
    if row.starts_at is None or (row.way == "at" and row.starts_at <= now):
        raise Conflict(_("Its hour has passed already: change it, or start at once."))
    row.look_at = row.starts_at
    move(row, "scheduled", "run_by", "starts_at", "look_at", now=now)
    if row.starts_at <= now:
        defer_look()
    return row


def begin(row: Campaign, actor: Actor, *, now: datetime) -> None:
    """Let a locked campaign run: from here on its audience is what its list finds now. Raises Invalid, Conflict."""
    row.query = _audience(actor, row)
    row.total, row.up_to = asked.audience_size(actor, row.query)
    if not row.total:
        raise Conflict(_("The list is empty: nobody would get it."))
    row.started_at = row.seen_at = row.look_at = row.freed_at = now
    row.starts_at = row.starts_at or now
    row.asks_why = ""
    move(
        row, "running", "run_by", "query", "total", "up_to", "started_at", "seen_at", "look_at", "freed_at",
        "starts_at", "asks_why", now=now,
    )  # fmt: skip
    open_test(row, now=now)
    defer_look()


def _audience(actor: Actor, row: Campaign) -> str:
    """Return the address of the list that the campaign goes to. Raises Invalid, NotFound, Denied."""
    query = asked.segment_query(actor, row.view) if row.view else row.query
    asked.audience_page(actor, query, after=0, up_to=0, limit=1)
    return query


@transaction.atomic
def unschedule(*, actor: Actor, public_id: str, now: datetime) -> Campaign:
    """Make a campaign that waits for its hour a draft again. Raises Denied, NotFound, Conflict."""
    row = _own(actor, public_id)
    if row.state == "draft":
        return row
    _expect(row, "scheduled")
    row.look_at = None
    move(row, "draft", "look_at", now=now)
    return row


@transaction.atomic
def pause(*, actor: Actor, public_id: str, now: datetime) -> Campaign:
    """Let nothing more go; what is being handed over at this moment still does. Raises Denied, NotFound, Conflict."""
    row = _own(actor, public_id)
    if row.state == "paused":
        return row
    _expect(row, "running")
    hold_rows(row)
    move(row, "paused", now=now)
    return row


@transaction.atomic
def resume(*, actor: Actor, public_id: str, now: datetime) -> Campaign:
    """Go on with a paused campaign: who got it gets it no second time. Raises Denied, NotFound, Conflict."""
    row = _own(actor, public_id)
    if row.state == "running":
        return row
    _expect(row, "paused")
    _go_on(row, now)
    return row


def _go_on(row: Campaign, now: datetime) -> None:
    to = ("held", TURN) if row.a_minute else ("planned", "")
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, [current_company_id(), row.pk, *to, current_company_id()])
    row.seen_at = row.look_at = row.freed_at = now
    row.asks_why = ""
    move(row, "running", "run_by", "seen_at", "look_at", "freed_at", "asks_why", now=now)
    defer_look()


@transaction.atomic
def stop(*, actor: Actor, public_id: str, now: datetime) -> Campaign:
    """End a campaign: what has not left does not go. Raises Denied, NotFound, Conflict."""
    row = _own(actor, public_id)
    if row.state == "stopped":
        return row
    _expect(row, "running", "paused", "scheduled", "asks")
    _end(row, now)
    return row


def _end(row: Campaign, now: datetime) -> None:
    company_id = current_company_id()
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL, [company_id, row.pk, now, company_id, company_id, now])
    row.ended_at = now
    move(row, "stopped", "ended_at", now=now)


@transaction.atomic
def answer(*, actor: Actor, public_id: str, run: bool, now: datetime) -> Campaign:
    """Say of a campaign that asks whether it runs; dropped, nothing more of it goes.

    Raises Denied, NotFound, Conflict, and Invalid where its list makes no sense any more.
    """
    row = _own(actor, public_id)
    if row.state in ("running", "stopped") and (row.state == "running") == run:
        return row
    _expect(row, "asks")
    row.run_by_id = actor.person_id
    if not run:
        _end(row, now)
    elif row.started_at is None:
        begin(row, actor, now=now)
    else:
        _go_on(row, now)
    return row


def hold_rows(row: Campaign) -> None:
    """Take the rows of a locked campaign out of the senders' reach, those that they have not begun to hand over too."""
    company_id = current_company_id()
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [company_id, row.pk, company_id])


def move(row: Campaign, to: str, *fields: str, now: datetime) -> None:
    """Write a locked campaign into another state and announce it."""
    assert may_move(row.state, to), (row.state, to)
    was, row.state = row.state, to
    row.save(update_fields=["state", *fields])
    publish(CampaignMoved(campaign_id=row.pk, state=to, was=was), at=now)


def defer_look() -> None:
    """Let the worker look at the campaigns of this company."""
    company_id = current_company_id()
    jobs.defer(JOB, of_company=company_id, once=f"campaigns {company_id}")


def _own(actor: Actor, public_id: str) -> Campaign:
    actor.require(RUN_CAMPAIGNS)
    return lock_campaign(public_id)


def _expect(row: Campaign, *states: str) -> None:
    if row.state not in states:
        raise Conflict(_("The campaign has moved on meanwhile. Look at it again."), code="campaign_moved_on")
