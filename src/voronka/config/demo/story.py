"""Ninety days of work, lived through in memory by the product's own steps, ladder, hours and press.

Leads come, managers take the first of their queue whose client may be called and press what happened. Nothing is
written here; what comes of it is rows and events exactly as a press on the screen would have left them.
"""

import heapq
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from voronka.accounts.models import Company
from voronka.config.demo import words
from voronka.config.demo.book import Book, Ids
from voronka.config.demo.clients import Crowd
from voronka.config.demo.rails import Rails, StoryDraft, Worker
from voronka.deals import events
from voronka.deals.models import Deal, Press
from voronka.deals.services.drafts import DealDraft, from_json
from voronka.deals.services.locking import calling_hours
from voronka.deals.services.opening import priority_of
from voronka.deals.services.pressing import Prepared, make_press, press_events
from voronka.kit.steps import Effect, StepContext, run_steps
from voronka.kit.subjects import Subject
from voronka.messaging.events import MessageAccepted, MessageHanded, MessagePlanned
from voronka.messaging.models import Message, MessageStep
from voronka.messaging.services import render_letter
from voronka.messaging.steps import SendLetter
from voronka.people.models import Client
from voronka.work import services as work
from voronka.work.events import CardTaken
from voronka.work.models import Task
from voronka.work.queries import CallingHours
from voronka.work.rules.bands import due_at_for

FRESH, DUE, BACKLOG = 1, 2, 3
# How calls end by the stage's share of the way: button, outcome and its weight.
_ENDINGS: tuple[tuple[tuple[str, str, int], ...], ...] = (
    (("miss", "silent", 22), ("miss", "away", 8), ("miss", "busy", 8), ("next", "next", 24), ("back", "later", 15),
     ("think", "think", 7), ("refuse", "refuse", 8), ("refuse", "wrong", 3), ("meet", "meet", 5)),
    (("miss", "silent", 14), ("miss", "busy", 8), ("next", "next", 34), ("back", "later", 14), ("think", "think", 13),
     ("refuse", "refuse", 8), ("meet", "meet", 9)),
    (("miss", "silent", 12), ("miss", "busy", 6), ("next", "next", 44), ("back", "later", 14), ("think", "think", 14),
     ("refuse", "refuse", 6), ("meet", "meet", 4)),
    (("miss", "silent", 10), ("miss", "busy", 5), ("paid", "paid", 55), ("back", "later", 18), ("think", "think", 8),
     ("refuse", "refuse", 4)),
)  # fmt: skip


@dataclass(slots=True)
class Story:
    """The company's days. `now` is their end; deals wait in pools by the ids of their tasks."""

    book: Book
    company: Company
    crowd: Crowd
    rails: Rails
    workers: Sequence[Worker]
    mails: Mapping[int, str]
    chance: random.Random
    now: datetime
    pace: float = 1.0  # how much longer calls last than in the full demo: fewer clients keep people as busy
    deal_ids: Ids = field(default_factory=lambda: Ids(Deal))
    task_ids: Ids = field(default_factory=lambda: Ids(Task))
    press_ids: Ids = field(default_factory=lambda: Ids(Press))
    message_ids: Ids = field(default_factory=lambda: Ids(Message))
    _hours: dict[int, CallingHours] = field(default_factory=dict)
    _windows: dict[tuple[str, int, int], int] = field(default_factory=dict)
    _later: dict[int, list[tuple[datetime, int]]] = field(default_factory=dict)
    _ready: dict[int, set[int]] = field(default_factory=dict)
    by_id: dict[int, Deal] = field(default_factory=dict)
    last_press: dict[int, datetime] = field(default_factory=dict)

    # -- opening ------------------------------------------------------------------------------------------

    def open_deal(
        self,
        client: Client,
        code: str,
        at: datetime,
        *,
        worker: Worker | None = None,
        ready_at: datetime | None = None,
    ) -> Deal:
        """Open a deal: a fresh one in the common pool for a lead, else one in the backlog of a manager."""
        pipeline = self.rails.pipelines[code]
        stage = self.rails.stages[pipeline.pk][0]
        goods = words.TO_FIRMS if client.kind == Client.Kind.ORGANISATION else words.GOODS
        title, least, most = self.chance.choice(goods)
        deal = Deal(
            id=self.deal_ids.take(),
            company=self.company,
            client=client,
            pipeline=pipeline,
            stage=stage,
            title=title,
            sum=Decimal(self.chance.randrange(least, most) * 1000) if self.chance.random() < 0.7 else None,
            currency=self.company.currency,
            responsible_id=worker.actor.employee_id if worker else None,
            source="import" if worker else "form",
            stage_since=at,
            made_at=at,
        )
        band = BACKLOG if worker else FRESH
        words_of_task = _("Get acquainted") if worker else _("Call: new request")
        task = self._task(deal, "call", words_of_task, band, ready_at or at, at)
        self.book.deals.append(deal)
        self.by_id[deal.pk] = deal
        ids = {"deal_id": deal.pk, "client_id": client.pk}
        self.book.say(
            at,
            events.DealOpened(
                **ids,
                pipeline_id=pipeline.pk,
                stage_id=stage.pk,
                source=deal.source,
                responsible_id=deal.responsible_id,
                callable_at=None if worker else self.hours_of(deal).next_open(at).isoformat(),
            ),
            events.NextStepSet(**ids, task_id=task.pk, kind="call", at=task.ready_at.isoformat(), promised=False),
        )
        return deal

    def hours_of(self, deal: Deal) -> CallingHours:
        """Return when the deal's client may be called."""
        found = self._hours.get(deal.client_id)
        if found is None:
            found = self._hours[deal.client_id] = calling_hours(deal)
        return found

    def is_callable(self, deal: Deal, at: datetime) -> bool:
        """Tell whether the deal's step is ready and its window open: what the feed asks."""
        task = deal.open_task
        assert task is not None
        return task.ready_at <= at and (
            task.window_id == self._window("UTC", 0, 1440) or self.hours_of(deal).is_open(at)
        )

    def _window(self, zone: str, opens: int, closes: int) -> int:
        key = (zone, opens, closes)
        if key not in self._windows:
            self._windows[key] = work.window_for(*key)
        return self._windows[key]

    def _task(self, deal: Deal, kind: str, title: str, band: int, ready_at: datetime, at: datetime) -> Task:
        hours = self.hours_of(deal)
        inside = band != 0 or hours.is_open(ready_at)
        window = (hours.window.zone, hours.window.opens_minute, hours.window.closes_minute)
        pool_id = self.rails.pools[deal.pipeline_id]
        for worker in self.workers:
            if worker.actor.employee_id == deal.responsible_id:
                pool_id = worker.pool_id
        task = Task(
            id=self.task_ids.take(),
            company_id=self.company.pk,
            kind=kind,
            title=title,
            subject_kind="deal",
            subject_id=deal.pk,
            client_id=deal.client_id,
            pool_id=pool_id,
            employee_id=deal.responsible_id,
            window_id=self._window(*window) if inside else self._window("UTC", 0, 1440),
            band=band,
            priority=priority_of(deal),
            ready_at=ready_at,
            due_at=due_at_for(band, ready_at),
            made_at=at,
        )
        deal.open_task = task
        self.book.tasks.append(task)
        heapq.heappush(self._later.setdefault(pool_id, []), (ready_at, deal.pk))
        return task

    # -- the queue ----------------------------------------------------------------------------------------

    def next_for(self, worker: Worker, at: datetime) -> Deal | None:
        """Return the deal the feed would give: the first by band, priority, readiness whose client may be called."""
        best: tuple[int, int, datetime, int] | None = None
        found = None
        for pool_id in (worker.pool_id, *self.rails.pools.values()):
            later, ready = self._later.setdefault(pool_id, []), self._ready.setdefault(pool_id, set())
            while later and later[0][0] <= at:
                ready.add(heapq.heappop(later)[1])
            for deal_id in list(ready):
                deal = self.by_id[deal_id]
                task = deal.open_task
                if task is None or task.pool_id != pool_id or task.ready_at > at:
                    ready.discard(deal_id)
                    continue
                key = (task.band, task.priority, task.ready_at, task.pk)
                if (best is None or key < best) and self.is_callable(deal, at):
                    best, found = key, deal
        return found

    # -- pressing -----------------------------------------------------------------------------------------

    def press(
        self,
        worker: Worker,
        deal: Deal,
        at: datetime,
        ending: tuple[str, str],
        *,
        given: Mapping[str, Any] | None = None,
        from_feed: bool = True,
    ) -> Press:
        """Press a button as the service does, in memory: steps, task, row, events."""
        found = self.rails.find(deal.stage_id, *ending)
        assert found is not None
        button, outcome, steps = found
        old_task, old_stage = deal.open_task, deal.stage_id
        assert old_task is not None
        if from_feed:
            worker.turns += 1
            waited = max(0, int((at - old_task.ready_at).total_seconds()))
            taken = CardTaken(
                task_id=old_task.pk, client_id=deal.client_id, band=old_task.band, waited_seconds=waited
            )
            self.book.say(at - timedelta(seconds=45), taken, employee_id=worker.actor.employee_id)
        draft = StoryDraft(deal, self.hours_of(deal), at)
        draft.rails = self.rails
        cause = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        facts = {"title": deal.title, "sum": str(deal.sum or ""), "stage": deal.stage.name}
        context = StepContext(Subject("deal", deal.pk), deal.client_id, worker.actor, at, cause, draft, facts=facts)
        context.answers = given if given is not None else self._answers(worker, deal, at, ending)
        prepared = Prepared(deal, self.rails.sets[old_stage], button, outcome, steps, (), context, draft)
        effects = self._run(prepared, worker)
        if deal.responsible_id is None and outcome.result != "no_answer" and not draft.closed:
            deal.responsible_id = worker.actor.employee_id
        old_task.closed_by_id = worker.actor.employee_id
        made = self._next_task(deal, draft, old_task, at)
        row = make_press(
            prepared,
            effects,
            changed := draft.before(),
            employee_id=worker.actor.employee_id,
            request_id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
            old_task_id=old_task.pk,
            made_task_id=made.pk if made else None,
            custom_before={},
            own_before={},
        )
        row.id, row.company_id = self.press_ids.take(), self.company.pk
        self.book.presses.append(row)
        self.book.say(
            at, *press_events(prepared, row, old_stage, changed), employee_id=worker.actor.employee_id, cause=cause
        )
        self.last_press[deal.pk] = at
        return row

    def _next_task(self, deal: Deal, draft: DealDraft, old: Task, at: datetime) -> Task | None:
        old.is_open, old.closed_at, old.outcome = False, at, "done"
        step = draft.next_step
        if step is None:
            deal.open_task = None
            if deal.state == Deal.State.WON and deal.sum is not None:
                deal.client.purchases_sum = (deal.client.purchases_sum or Decimal(0)) + deal.sum
            return None
        return self._task(deal, step.kind, step.title, 0 if step.promised else DUE, step.at, at)

    def _run(self, prepared: Prepared, worker: Worker) -> list[Effect]:
        """Run the steps; a letter is written into the past: it has gone."""
        effects: list[Effect] = []
        for step in prepared.steps:
            if isinstance(step, SendLetter):
                effects += self._letter(prepared, step, worker)
            else:
                effects += run_steps([step], prepared.context)
        return effects

    def _letter(self, prepared: Prepared, step: SendLetter, worker: Worker) -> list[Effect]:
        address = self.mails.get(prepared.deal.client_id)
        if address is None:
            return [Effect("letter", _("no letter: the client has no e-mail"), happens=False)]
        deal, at, template = prepared.deal, prepared.context.now, self.rails.templates[step.template]
        client = deal.client
        text = render_letter(
            template,
            address,
            {
                "client": {"name": client.name, "first_name": client.first_name or client.name},
                "deal": {"title": deal.title},
                "manager": {"name": worker.actor.name},
                "company": {"name": self.company.name},
            },
        )
        due, gone, who = at + timedelta(seconds=10), at + timedelta(seconds=12), worker.actor.employee_id
        letter = Message(
            id=self.message_ids.take(),
            company_id=self.company.pk,
            channel="email",
            traffic=step.traffic,
            client_id=client.pk,
            address=text.address,
            subject=text.subject,
            body=text.body,
            cause_kind="step",
            cause_id=template.pk,
            cause=prepared.context.cause,
            author_id=who,
            state="accepted",
            planned_for=due,
            due_at=due,
            attempts=1,
            provider="smtp",
            made_at=at,
            handed_at=gone,
        )
        self.book.messages.append(letter)
        told = {"message_id": letter.pk, "client_id": client.pk, "channel": "email"}
        for state, moment, kind in (
            ("planned", at, MessagePlanned), ("claimed", gone, None), ("handed", gone, MessageHanded),
            ("accepted", gone, MessageAccepted),
        ):  # fmt: skip
            self.book.message_steps.append(
                MessageStep(company_id=self.company.pk, message=letter, state=state, at=moment)
            )
            if kind is not None:
                self.book.say(moment, kind(**told), employee_id=who if kind is MessagePlanned else None,
                              cause=prepared.context.cause if kind is MessagePlanned else None)  # fmt: skip
        return [Effect("letter", _("letter “%(subject)s”") % {"subject": text.subject}, gone)]

    def undo(self, worker: Worker, row: Press, deal: Deal, at: datetime, old_task: Task) -> None:
        """Take a fresh press back, as its presser does within ten seconds."""
        made = deal.open_task
        for column, value in self._columns_before(row).items():
            setattr(deal, column, value)
        deal.stage = next(one for one in self.rails.stages[deal.pipeline_id] if one.pk == deal.stage_id)
        if made is not None:
            made.is_open, made.closed_at, made.outcome = False, at, "withdrawn"
        old_task.is_open, old_task.closed_at, old_task.closed_by_id, old_task.outcome = True, None, None, ""
        deal.open_task = old_task
        heapq.heappush(self._later[old_task.pool_id], (old_task.ready_at, deal.pk))
        row.undone_at, row.undone_by_id = at, worker.actor.employee_id
        event = events.PressUndone(
            deal_id=deal.pk, client_id=deal.client_id, press_id=row.pk, result=row.result, late=False
        )
        self.book.say(at, event, employee_id=worker.actor.employee_id, cause=row.cause)

    def _columns_before(self, row: Press) -> dict[str, Any]:
        return {column: from_json(column, value) for column, value in row.before["deal"].items()}

    # -- what people say ----------------------------------------------------------------------------------

    def choose_ending(self, deal: Deal) -> tuple[str, str]:
        """Return the button and outcome of a call, likelier ones oftener, among those the stage has."""
        stages = self.rails.stages[deal.pipeline_id]
        place = next(at for at, one in enumerate(stages) if one.pk == deal.stage_id)
        row = 3 if place == len(stages) - 1 else min(place, 2)
        ways = [way for way in _ENDINGS[row] if self.rails.find(deal.stage_id, way[0], way[1])]
        button, outcome, _weight = self.chance.choices(ways, [weight for _b, _o, weight in ways])[0]
        return button, outcome

    def _answers(self, worker: Worker, deal: Deal, at: datetime, ending: tuple[str, str]) -> dict[str, Any]:
        if ending[0] in ("back", "meet"):
            return {"at": self._good_time(worker, deal, at)}
        if ending[0] == "paid":
            return {"sum": deal.sum or Decimal(self.chance.randrange(90, 600) * 1000)}
        if ending == ("refuse", "refuse"):
            reasons = ("price", "rival", "no_need", "terms", "later", "other")
            return {
                "reason": self.chance.choices(reasons, (30, 24, 16, 10, 14, 6))[0],
                "comment": self.chance.choice(words.REFUSALS) or None,
            }
        return {}

    def _good_time(self, worker: Worker, deal: Deal, at: datetime) -> datetime:
        """Return a time that suits both: the client may be called and the manager is at work."""
        hours = self.hours_of(deal)
        for _attempt in range(40):
            day = at + timedelta(days=self.chance.choice((0, 0, 1, 1, 1, 2, 2, 3, 4)))
            wish = day.astimezone(worker.zone).replace(
                hour=self.chance.randrange(9, 18),
                minute=self.chance.choice((0, 0, 15, 30, 30, 45)),
                second=0,
                microsecond=0,
            )
            wish = wish.astimezone(UTC)
            if wish > at + timedelta(minutes=25) and worker.is_at_work(wish) and hours.is_open(wish):
                return wish
        return hours.next_open(at + timedelta(hours=20))
