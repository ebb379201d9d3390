"""What the desk of a manager shows: the deal in hand, its buttons, the day and the queue."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from voronka.deals.models import ButtonSet, Deal, PipelineMember, Press, Stage
from voronka.deals.permissions import SEE_DEALS
from voronka.deals.queries.shown import shown
from voronka.deals.rules.buttons import Buttons
from voronka.kit.actors import Actor
from voronka.kit.db.hot import HotQuery
from voronka.kit.errors import NotFound
from voronka.kit.files import get_file
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import current_company_id
from voronka.work import queries as queue


@dataclass(frozen=True, slots=True)
class StageSpent:
    """A stage of the track; `days` counts from 1 in the present stage, `seconds` were spent in a past one."""

    stage: Stage
    days: int | None
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """What the presses of a deal tell: seconds spent in stages by id, and the words kept with the open step."""

    spent: Mapping[int, int]
    comment: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """The manager's day: done, waiting now, promised within a day."""

    done: int
    left: int
    promised: int


def get_deal(actor: Actor, public_id: str) -> Deal:
    """Return a deal with what its card shows, as the actor may see it. Raises NotFound for one out of reach."""
    return _within_reach(actor, _CARD.first(public_id=public_id))


def get_deal_file(actor: Actor, public_id: str, file_id: str) -> StoredFile:
    """Return a file that stands in an own field of a deal which the actor sees. Raises NotFound."""
    deal = get_deal(actor, public_id)
    if file_id not in deal.fields.values():
        raise NotFound(_("There is no such file."))
    return get_file(actor, file_id)


def get_deal_by_id(actor: Actor, deal_id: int) -> Deal:
    """Return a deal by its inner id with what its card shows. Raises NotFound for one out of reach."""
    return _within_reach(actor, _CARD_BY_ID.first(deal_id=deal_id))


def _cards() -> "QuerySet[Deal]":
    return Deal.objects.select_related(
        "client", "stage", "pipeline", "open_task", "open_task__window", "company", "responsible", "loss_reason"
    )


_CARD = HotQuery(lambda public_id: _cards().filter(public_id=public_id), public_id=str)
_CARD_BY_ID = HotQuery(lambda deal_id: _cards().filter(pk=deal_id), deal_id=int)


def _within_reach(actor: Actor, deal: Deal | None) -> Deal:
    team_id = deal.responsible.team_id if deal is not None and deal.responsible is not None else None
    if deal is None or not actor.may(SEE_DEALS, owner_id=deal.responsible_id, team_id=team_id):
        raise NotFound(_("There is no such deal, or it is not yours."))
    return shown(actor, deal)


def get_deal_row(public_id: str) -> Deal:
    """Return a deal as it is for whoever has just changed it, and perhaps given it away. Raises NotFound."""
    return _found(_CARD.first(public_id=public_id))


def get_deal_row_by_id(deal_id: int) -> Deal:
    """Return a deal by its inner id, whoever asks. Raises NotFound."""
    return _found(_CARD_BY_ID.first(deal_id=deal_id))


def _found(deal: Deal | None) -> Deal:
    if deal is None:
        raise NotFound(_("There is no such deal, or it is not yours."))
    return deal


def find_press(press_id: int) -> Press | None:
    """Return a press by id with its deal and client."""
    return Press.objects.select_related("deal", "deal__client", "employee").filter(pk=press_id).first()


def list_presses(deal_id: int, *, before: int | None = None, limit: int = 50) -> list[Press]:
    """Return the presses of a deal, newest first, from the id `before` on; those taken back are among them."""
    rows = Press.objects.select_related("employee").filter(deal_id=deal_id)
    return list((rows if before is None else rows.filter(pk__lt=before)).order_by("-id")[:limit])


def live_buttons(stage_id: int) -> Buttons:
    """Return the buttons of a stage that managers press now; none when the stage has none."""
    found = ButtonSet.objects.filter(stage_id=stage_id, state=ButtonSet.State.LIVE).values_list("buttons", flat=True)
    return Buttons.model_validate({"buttons": found.first() or []})


def read_story(deal: Deal) -> Story:
    """Return what the last hundred presses of a deal that still stand tell of its way."""
    rows = Press.objects.filter(deal_id=deal.pk, undone_at=None).order_by("-id")[:100]
    spent: dict[int, int] = {}
    comment = ""
    for at, made_task_id, said, before in rows.values_list("at", "made_task_id", "comment", "before__deal"):
        if made_task_id is not None and made_task_id == deal.open_task_id:
            comment = said
        if "stage_id" in before and "stage_since" in before:
            seconds = int((at - datetime.fromisoformat(before["stage_since"])).total_seconds())
            spent[before["stage_id"]] = spent.get(before["stage_id"], 0) + max(0, seconds)
    return Story(spent, comment)


def track(deal: Deal, stages: Sequence[Stage], spent: Mapping[int, int], *, now: datetime) -> Sequence[StageSpent]:
    """Return the stages of the deal's pipeline with the time spent in them."""
    days = (now - deal.stage_since).days + 1
    return [
        StageSpent(stage, days if stage.pk == deal.stage_id else None, spent.get(stage.pk, 0)) for stage in stages
    ]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a deal in hand: the live buttons of its stage, how many other open deals its client has,
    and the moments of the actor's presses of today that still stand.
    """

    buttons: Buttons
    other_open: int
    done: Sequence[datetime]


_BESIDE = """
SELECT
  (SELECT buttons::text FROM deals_buttonset
    WHERE company_id = %(company)s AND stage_id = %(stage)s AND state = 'live' LIMIT 1),
  (SELECT count(*) FROM deals_deal
    WHERE company_id = %(company)s AND client_id = %(client)s AND state = 'open' AND id <> %(deal)s),
  ARRAY (SELECT at FROM deals_press
    WHERE company_id = %(company)s AND employee_id = %(me)s AND at >= %(midnight)s AND undone_at IS NULL ORDER BY at)
"""


def read_beside(deal: Deal, actor: Actor, *, now: datetime) -> Beside:
    """Return what the desk shows beside a deal, by one statement."""
    given: dict[str, Any] = {  # parameters are of many types
        "company": current_company_id(),
        "stage": deal.stage_id,
        "client": deal.client_id,
        "deal": deal.pk,
        "me": actor.person_id,
        "midnight": _midnight(actor, now),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, given)
        buttons, others, done = cursor.fetchone()
    return Beside(Buttons.model_validate({"buttons": json.loads(buttons or "[]")}), others, done)


def my_pools(actor: Actor) -> list[int]:
    """Return the pools an employee is served from: his own and those of the pipelines he works in."""
    key = Concat(Value("pipeline:"), Cast("pipeline_id", CharField()))
    keys = PipelineMember.objects.filter(employee_id=actor.person_id).values_list(key, flat=True)
    return queue.pools_of(actor.person_id, keys)


def presses_today(actor: Actor, *, now: datetime) -> list[Press]:
    """Return the actor's presses since his midnight that still stand, oldest first."""
    rows = Press.objects.filter(employee_id=actor.person_id, at__gte=_midnight(actor, now), undone_at=None)
    return list(rows.order_by("at").only("id", "at", "result", "deal_id", "client_id"))


def _midnight(actor: Actor, now: datetime) -> datetime:
    return now.astimezone(actor.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def payments_today(actor: Actor, *, now: datetime) -> list[Press]:
    """Return the actor's presses of today that won a deal, with deal and client, oldest first."""
    today = Press.objects.filter(employee_id=actor.person_id, at__gte=_midnight(actor, now), undone_at=None)
    rows = today.filter(result="paid")
    found = list(rows.select_related("deal", "deal__client", "deal__pipeline").order_by("at", "id"))
    for one in found:
        one.deal = shown(actor, one.deal)
    return found


def count_day(figures: queue.Figures, done: int) -> DayCount:
    """Return the numbers of the queue for the foot of the desk."""
    return DayCount(done, sum(figures.waiting.values()), figures.promised)


def list_deals(
    actor: Actor, *, state: str = "open", pipeline_id: int | None = None, stage_id: int | None = None,
    text_ids: Sequence[int] | None = None, after: int | None = None, limit: int = 50,
) -> list[Deal]:  # fmt: skip
    """Return deals the actor may see, newest first, a page at a time: `after` is the id of the last one seen.

    `text_ids` are ids of clients found by name or phone.
    """
    found = Deal.objects.select_related("client", "stage", "pipeline", "responsible", "open_task")
    found = found.filter(visible(actor))
    if state:
        found = found.filter(state=state)
    if pipeline_id:
        found = found.filter(pipeline_id=pipeline_id)
    if stage_id:
        found = found.filter(stage_id=stage_id)
    if text_ids is not None:
        found = found.filter(client_id__in=text_ids)
    if after is not None:
        found = found.filter(pk__lt=after)
    return [shown(actor, one) for one in found.order_by("-id")[:limit]]


def visible(actor: Actor) -> Q:
    """Return the condition of deals within the actor's reach: own, team's, all; the common pool is everyone's."""
    reach = actor.reach(SEE_DEALS)
    if reach == 3:
        return Q()
    if reach == 0:
        return Q(pk__in=[])
    own = Q(responsible_id=actor.employee_id) | Q(responsible=None)
    return own | Q(responsible__team_id=actor.team_id) if reach == 2 and actor.team_id is not None else own


def stage_totals(actor: Actor, pipeline_id: int) -> dict[int, int]:
    """Return how many open deals stand on each stage of a pipeline, within the actor's reach."""
    rows = Deal.objects.filter(visible(actor), pipeline_id=pipeline_id, state=Deal.State.OPEN)
    return dict(rows.values_list("stage_id").annotate(n=Count("id")))
