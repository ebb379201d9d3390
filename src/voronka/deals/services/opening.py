"""Opening deals, each with its first step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import Deal, Pipeline, Stage
from voronka.deals.permissions import OPEN_DEALS
from voronka.deals.rules.sharing import Decision
from voronka.deals.services.sharing import Case, Sharer
from voronka.deals.services.watching import put_off, start_watch
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.events import Event, publish
from voronka.kit.ids import new_public_id
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import current_company_id
from voronka.people import queries as people
from voronka.work import services as work
from voronka.work.queries import CallingHours

PROMISED, FRESH, DUE, BACKLOG = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class FirstStep:
    """The first step of a new deal: its kind, words, band (0 promised, 1 fresh, 2 due, 3 backlog) and when."""

    kind: str
    title: str
    band: int
    at: datetime


def pool_of(deal: Deal) -> int:
    """Return the pool a deal's tasks wait in: its responsible employee's own, else its pipeline's."""
    if deal.responsible_id is not None:
        return work.pool_for(f"employee:{deal.responsible_id}")
    return work.pool_for(f"pipeline:{deal.pipeline_id}")


def priority_of(deal: Deal) -> int:
    """Return the priority of a deal's tasks: VIP clients first."""
    return 0 if deal.client.is_vip else 2


def window_of(hours: CallingHours, at: datetime | None = None) -> int:
    """Return the shared call window of these hours.

    A moment that a person chose outside of them is the client's own wish: it is not held back.
    """
    if at is not None and not hours.is_open(at):
        return work.window_for("UTC", 0, 1440)
    return work.window_for(hours.window.zone, hours.window.opens_minute, hours.window.closes_minute)


@transaction.atomic
def open_deal(
    *,
    actor: Actor,
    client_id: int,
    now: datetime,
    pipeline_id: int | None = None,
    pipeline_code: str = "new_lead",
    title: str = "",
    amount: Decimal | None = None,
    responsible_id: int | None = None,
    first: FirstStep | None = None,
    source: str = "hand",
    import_run_id: int | None = None,
    by_rules: bool = False,
    fields: Mapping[str, object] | None = None,
) -> Deal:
    """Open a deal at the first stage of its pipeline, with its first step in the queue.

    Without `first` the step is a fresh call, due now; `fields` are validated values of own fields. With `by_rules` the
    pipeline's rules say who is responsible, and the wait for an answer is watched. Raises Refusal when the pipeline
    has no stage.
    """
    actor.require(OPEN_DEALS)
    stage = _entrance(pipeline_id, pipeline_code)
    decision = None
    if by_rules and responsible_id is None:
        sharer = Sharer.of(stage.pipeline_id, now=now, lock=True)
        decision = sharer.decide(Case(client_id, source, amount))
        sharer.save()
        responsible_id = decision.employee_id
    rules = accounts.get_company_rules()
    deal = Deal(
        id=_next_deal_id(),
        client=people.get_client_row(client_id),
        pipeline=stage.pipeline,
        stage=stage,
        title=title,
        sum=amount,
        currency=rules.currency,
        responsible_id=responsible_id,
        source=source,
        import_run_id=import_run_id,
        fields=dict(fields or {}),
        stage_since=now,
        made_at=now,
    )
    first = first or FirstStep("call", _("Call: new request"), FRESH, now)
    hours = CallingHours.of_client(deal.client, rules)
    deal.open_task_id = _first_task(deal, first, hours, now=now)
    deal.save(force_insert=True)
    callable_at = max(first.at, now) if first.band == PROMISED else hours.next_open(now)
    publish(*_opened_events(deal, first, callable_at), *shared_events(deal, decision), at=now)
    if by_rules:
        # Whoever named an hour waits since that hour, and nobody is late before it.
        start_watch(deal, hours, asked_at=min(first.at, now), now=max(first.at, now))
    return deal


def _opened_events(deal: Deal, first: FirstStep, callable_at: datetime) -> list[Event]:
    """Return what is announced of a deal that was just opened, with the task of its first step."""
    ids = {"deal_id": deal.pk, "client_id": deal.client_id}
    opened = events.DealOpened(
        **ids, pipeline_id=deal.pipeline_id, stage_id=deal.stage_id, source=deal.source,
        responsible_id=deal.responsible_id, callable_at=callable_at.isoformat(),
    )  # fmt: skip
    assert deal.open_task_id is not None
    step = events.NextStepSet(
        **ids, task_id=deal.open_task_id, kind=first.kind, at=first.at.isoformat(), promised=first.band == PROMISED
    )
    return [opened, step]


def shared_events(deal: Deal, decision: Decision | None, why: str = "") -> list[events.DealShared]:
    """Return the event of a decision by a rule; none where no rule decided."""
    if decision is None or decision.rule_id is None:
        return []
    return [
        events.DealShared(
            deal_id=deal.pk,
            client_id=deal.client_id,
            employee_id=decision.employee_id,
            rule_id=decision.rule_id,
            why=why or str(decision.way),
            figure=decision.figure,
            skipped=[f"{reason}:{one}" for one, reason in decision.skipped.items()],
        )
    ]


def _entrance(pipeline_id: int | None, pipeline_code: str) -> Stage:
    """Return the first stage of a pipeline in use, by id or else by code. Raises Refusal when there is none.

    Where the pipeline of that code is switched off, the first one in use takes its place: a request of a client must
    find one.
    """
    pipelines = Pipeline.objects.filter(is_active=True).order_by("position", "id")
    if pipeline_id:
        pipeline = pipelines.filter(pk=pipeline_id).first()
    else:
        pipeline = pipelines.filter(code=pipeline_code).first() or pipelines.first()
    stages = Stage.objects.select_related("pipeline").order_by("position")
    stage = stages.filter(pipeline=pipeline).first() if pipeline is not None else None
    if stage is None:
        raise Refusal(_("The pipeline has no stages yet. Add one in its settings."), code="no_stage")
    return stage


def _first_task(deal: Deal, first: FirstStep, hours: CallingHours, *, now: datetime) -> int:
    client = deal.client
    return work.open_task(
        work.NewTask(
            kind=first.kind,
            title=first.title,
            subject=Subject("deal", deal.pk),
            client_id=client.pk,
            pool_id=pool_of(deal),
            employee_id=deal.responsible_id,
            window_id=window_of(hours, first.at if first.band == PROMISED else None),
            band=first.band,
            priority=priority_of(deal),
            ready_at=first.at,
        ),
        now=now,
    )


def _next_deal_id() -> int:
    """Reserve the id of a deal, since its task must name it before the deal can name the task."""
    return next_deal_ids(1)[0]


def next_deal_ids(count: int) -> list[int]:
    """Reserve ids of many deals."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('deals_deal', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Planned:
    """One client to be put into a pipeline, his call window and the moment of his first step."""

    client_id: int
    window_id: int
    at: datetime
    is_vip: bool


_OPEN_MANY = (
    "WITH made AS (INSERT INTO work_task (company_id, public_id, kind, title, subject_kind, subject_id,"
    " client_id, pool_id, employee_id, window_id, band, priority, ready_at, is_open, made_at, outcome)"
    " SELECT %(company)s, t.public_id, 'call', %(words)s, 'deal', t.deal, t.client, %(pool)s, %(employee)s,"
    " t.window, %(band)s, t.priority, t.at, true, %(now)s, ''"
    " FROM unnest(%(task_ids)s::text[], %(deals)s::bigint[], %(clients)s::bigint[], %(windows)s::bigint[],"
    ' %(priorities)s::int[], %(times)s::timestamptz[]) AS t (public_id, deal, client, "window", priority, at)'
    " RETURNING id, subject_id, client_id)"
    " INSERT INTO deals_deal (id, company_id, public_id, client_id, pipeline_id, stage_id, title, currency,"
    " responsible_id, state, open_task_id, task_open, misses, tags, fields, source, import_run_id,"
    " stage_since, made_at)"
    " SELECT m.subject_id, %(company)s, d.public_id, m.client_id, %(pipeline)s, %(stage)s, %(title)s,"
    " %(currency)s, %(employee)s, 'open', m.id, true, 0, '{}', '{}', %(source)s, %(run)s, %(now)s, %(now)s"
    " FROM made m JOIN unnest(%(deals)s::bigint[], %(deal_ids)s::text[]) AS d (id, public_id) ON d.id = m.subject_id"
)


def open_many(
    planned: Sequence[Planned],
    *,
    actor: Actor,
    pipeline_id: int,
    responsible_id: int | None,
    title: str,
    now: datetime,
    source: str,
    import_run_id: int | None = None,
) -> int:
    """Open a deal with a first step in the backlog for each client: three statements for all of them.

    One short transaction; the caller cuts long lists into chunks. Returns how many were opened. Raises Denied, and
    Refusal `no_stage` for a pipeline without stages.
    """
    actor.require(OPEN_DEALS)
    if not planned:
        return 0
    stage = Stage.objects.filter(pipeline_id=pipeline_id).order_by("position").first()
    if stage is None:
        raise Refusal(_("The pipeline has no stages yet. Add one in its settings."), code="no_stage")
    pool_id = work.pool_for(f"employee:{responsible_id}" if responsible_id else f"pipeline:{pipeline_id}")
    rules = accounts.get_company_rules()
    deal_ids = next_deal_ids(len(planned))
    rows = list(zip(deal_ids, planned, strict=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _OPEN_MANY,
            {
                "company": current_company_id(),
                "words": _("Get acquainted"),
                "pool": pool_id,
                "employee": responsible_id,
                "band": BACKLOG,
                "now": now,
                "task_ids": [new_public_id() for _row in rows],
                "deals": deal_ids,
                "clients": [one.client_id for one in planned],
                "windows": [one.window_id for one in planned],
                "priorities": [0 if one.is_vip else 2 for one in planned],
                "times": [one.at for one in planned],
                "pipeline": pipeline_id,
                "stage": stage.pk,
                "title": title,
                "currency": rules.currency,
                "source": source,
                "run": import_run_id,
                "deal_ids": [new_public_id() for _row in rows],
            },
        )
        opened = (
            events.DealOpened(
                deal_id=deal_id, client_id=one.client_id, pipeline_id=pipeline_id, stage_id=stage.pk, source=source,
                responsible_id=responsible_id,
            )
            for deal_id, one in rows
        )  # fmt: skip
        publish(*opened, at=now)
    return len(rows)


@transaction.atomic
def open_for_lead(*, actor: Actor, client_id: int, source: str, asked_at: datetime, now: datetime) -> Deal | None:
    """Open a deal with a fresh call for a client who asked for contact.

    A client with an open deal gets no second one: his waiting task becomes fresh, so that he is called soon. The
    deals are locked before the client, as a press does: one that closes the deal, or gives it another task, at
    this very moment is waited for, and the request is not lost with the old task.
    """
    if _freshen(client_id, asked_at):
        return None
    client_id = people.lock_client(client_id)
    if _freshen(client_id, asked_at):
        return None
    first = FirstStep("call", _("Call: new request"), FRESH, asked_at)
    return open_deal(actor=actor, client_id=client_id, now=now, first=first, source=source, by_rules=True)


@transaction.atomic
def promise_call(
    *, actor: Actor, client_id: int, source: str, at: datetime, title: str, now: datetime
) -> Deal | None:
    """Promise a client a call at the hour that he named himself: a deal whose first step is that.

    A client with an open deal gets no second one, None is returned: the task that waits in it moves to that hour and
    is promised; his newest wish holds. Locks go as in `open_for_lead`. Raises Refusal `no_stage`.
    """
    if _promise(client_id, at, now):
        return None
    client_id = people.lock_client(client_id)
    if _promise(client_id, at, now):
        return None
    first = FirstStep("call", title, PROMISED, at)
    return open_deal(actor=actor, client_id=client_id, now=now, first=first, source=source, by_rules=True)


def _promise(client_id: int, at: datetime, now: datetime) -> bool:
    """Promise the waiting task of the client's newest open deal for an hour; False when he has no open deal."""
    deal = _newest_open(client_id)
    if deal is None or deal.open_task_id is None:
        return False
    hours = CallingHours.of_client(deal.client, accounts.get_company_rules())
    if not work.promise_task(deal.open_task_id, at=at, window_id=window_of(hours, at)):
        return False
    put_off(deal, hours, at)
    ids = {"deal_id": deal.pk, "client_id": deal.client_id}
    publish(
        events.NextStepSet(**ids, task_id=deal.open_task_id, kind="call", at=at.isoformat(), promised=True), at=now
    )
    return True


def _freshen(client_id: int, asked_at: datetime) -> bool:
    """Make the task of the client's newest open deal fresh; False when he has no open deal."""
    deal = _newest_open(client_id)
    if deal is None or deal.open_task_id is None:
        return False
    work.freshen_task(deal.open_task_id, at=asked_at)
    return True


def _newest_open(client_id: int) -> Deal | None:
    """Lock the open deals of a client, in the order of their keys as all who lock several do; return the newest."""
    rows = Deal.objects.filter(client_id=client_id, state=Deal.State.OPEN).order_by("id")
    found = list(rows.select_for_update(of=("self",)))
    return found[-1] if found else None
