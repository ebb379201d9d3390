"""What a new company starts with: three pipelines, the buttons of their stages, the reasons of refusal.

The seven outcomes of a usual call are there on every stage: no answer, call back, thinking, meeting, paid,
refused, wrong number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from voronka.accounts import queries as accounts
from voronka.deals.models import ButtonSet, LossReason, Pipeline, PipelineMember, Stage
from voronka.deals.permissions import EDIT_BUTTONS
from voronka.deals.rules.trades import ShippedMeeting, ShippedStage, Trade
from voronka.kit.actors import Actor

Json = dict[str, Any]  # the stored form of buttons
NEW_CLIENTS = "new_lead"
FEED_ROLES = frozenset({"owner", "head", "manager"})


def _pipelines() -> Mapping[str, tuple[str, Sequence[ShippedStage]]]:
    return {
        "new_lead": (
            pgettext("pipeline", "New clients"),
            [
                ShippedStage(_("New"), 10, 1, _("Interested"), "thumb-up", _("Find out the details")),
                ShippedStage(_("Qualification"), 25, 3, _("Offer sent"), "file-text", _("Discuss the offer")),
                ShippedStage(_("Offer"), 50, 4, _("Agreed"), "signature", _("Sign the contract")),
                ShippedStage(_("Contract"), 75, 5, _("Invoice sent"), "receipt", _("Check the payment")),
                ShippedStage(_("Payment"), 90, 5),
            ],
        ),
        "repeat_sale": (
            _("Repeat sales"),
            [
                ShippedStage(_("Time to offer"), 30, 7, _("Wants again"), "thumb-up", _("Agree on the order")),
                ShippedStage(_("Agreeing"), 60, 3, _("Invoice sent"), "receipt", _("Check the payment")),
                ShippedStage(_("Payment"), 90, 5),
            ],
        ),
        "win_back": (
            _("Win-back"),
            [
                ShippedStage(_("Find out why"), 10, 14, _("Told why"), "message-2", _("Make a personal offer")),
                ShippedStage(_("Personal offer"), 30, 7, _("Comes back"), "heart-handshake", _("Agree on the order")),
                ShippedStage(_("Returning"), 60, 5),
            ],
        ),
    }


def _reasons() -> Sequence[tuple[str, str]]:
    return [
        ("price", _("Too expensive")),
        ("rival", _("Bought from others")),
        ("no_need", _("No longer needed")),
        ("terms", _("Delivery terms do not suit")),
        ("no_stock", _("Not in stock")),
        ("later", _("Put off for long")),
        ("wrong_number", _("Wrong number")),
        ("other", _("Another reason")),
    ]


@transaction.atomic
def ship(*, actor: Actor, now: datetime, trade: Trade | None = None) -> list[Pipeline]:
    """Give the current company the shipped pipelines in its own language; harmless when they are there.

    A trade has its own way of a new client, its own appointment and further reasons of refusal.

    Every active employee who works through the feed becomes a member of every pipeline.
    """
    actor.require(EDIT_BUTTONS)
    _one_at_a_time(actor.company_id)
    if Pipeline.objects.exists():
        return list(Pipeline.objects.order_by("position"))
    with override(accounts.get_company_rules().language):
        reasons = [*_reasons()[:-1], *(trade.reasons if trade else ()), _reasons()[-1]]
        LossReason.objects.bulk_create(
            [LossReason(code=code, name=name, position=at) for at, (code, name) in enumerate(reasons)]
        )
        made = _ship_pipelines(trade)
        _ship_buttons(_ship_stages(made, trade), trade.meeting if trade else None, actor=actor, now=now)
    join(made, [one.pk for one in accounts.list_employees() if one.role.code in FEED_ROLES])
    return made


def _one_at_a_time(company_id: int) -> None:
    """Wait for whoever ships now: the founder on his first page and the listener come at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('deals.ship', %s))", [company_id])


def join(pipelines: Iterable[Pipeline], employee_ids: Sequence[int]) -> None:
    """Let employees work in the common pools of pipelines."""
    PipelineMember.objects.bulk_create(
        [PipelineMember(pipeline=one, employee_id=employee) for one in pipelines for employee in employee_ids],
        ignore_conflicts=True,
    )


def _ship_pipelines(trade: Trade | None) -> list[Pipeline]:
    made = [
        Pipeline(code=code, name=name, position=at) for at, (code, (name, _usual)) in enumerate(_pipelines().items())
    ]
    if trade:
        next(one for one in made if one.code == NEW_CLIENTS).answer_minutes = trade.answer_minutes
    return Pipeline.objects.bulk_create(made)


def _ship_stages(pipelines: Sequence[Pipeline], trade: Trade | None) -> list[tuple[Stage, ShippedStage]]:
    """Make the stages of all pipelines; return them in their order with what they were made of."""
    shipped = _pipelines()
    told = [
        (pipeline, at, one)
        for pipeline in pipelines
        for at, one in enumerate(
            trade.stages if trade and pipeline.code == NEW_CLIENTS else shipped[pipeline.code][1]
        )
    ]
    rows = Stage.objects.bulk_create(
        [
            Stage(
                pipeline=pipeline,
                name=one.name,
                position=at,
                probability=one.probability,
                norm_days=one.norm_days,
            )
            for pipeline, at, one in told
        ]
    )
    return [(row, one) for row, (_pipeline, _at, one) in zip(rows, told, strict=True)]


def _ship_buttons(
    stages: Sequence[tuple[Stage, ShippedStage]], meeting: ShippedMeeting | None, *, actor: Actor, now: datetime
) -> None:
    following = {(row.pipeline_id, row.position): row.public_id for row, _one in stages}
    ButtonSet.objects.bulk_create(
        [
            ButtonSet(
                stage=row,
                version=1,
                state=ButtonSet.State.LIVE,
                buttons=shipped_buttons(one, following.get((row.pipeline_id, row.position + 1)), meeting),
                author_id=actor.employee_id,
                saved_at=now,
                live_since=now,
            )
            for row, one in stages
        ]
    )


def shipped_buttons(stage: ShippedStage, next_stage: str | None, meeting: ShippedMeeting | None = None) -> list[Json]:
    """Return the buttons of a stage: the usual outcomes of a call and the way forward."""
    buttons = [_no_answer(), _call_back()]
    if next_stage is not None:
        buttons.append(_forward(stage, next_stage))
    buttons += [_meeting(meeting), _thinking(), _paid(), _refused()]
    for at, button in enumerate(buttons):
        button["hotkey"] = at + 1
    return buttons


def _button(key: str, label: str, icon: str, outcomes: list[Json], **more: object) -> Json:
    return {"key": key, "label": label, "icon": icon, "hotkey": 1, "outcomes": outcomes, **more}


def _outcome(key: str, label: str, result: str, *steps: Json) -> Json:
    return {"key": key, "label": label, "result": result, "steps": list(steps)}


_TALKED: Json = {"kind": "deals.reset_misses"}


def _no_answer() -> Json:
    ladder: Json = {"kind": "deals.miss_ladder", "words": _("Call again")}
    return _button(
        "miss",
        _("No answer"),
        "phone-x",
        [
            _outcome("silent", _("Does not answer"), "no_answer", ladder),
            _outcome("away", _("Not reachable"), "no_answer", ladder),
            _outcome("busy", _("Busy"), "no_answer", ladder),
        ],
    )


def _call_back() -> Json:
    task: Json = {"kind": "deals.set_task", "task": "call", "words": _("Call back"), "when": "asked"}
    return _button("back", _("Call back"), "clock", [_outcome("later", _("Call back"), "call_back", _TALKED, task)])


# What a shipped button does with the goods of a deal; a deal that has none, and a company without the module, goes on.
_SELLS: dict[str, Json] = {
    "hold": {"kind": "deals.hold_goods", "minutes": 3 * 1440},
    "order": {"kind": "deals.make_order", "empty": "pass"},
}


def _forward(stage: ShippedStage, next_stage: str) -> Json:
    steps: list[Json] = [
        _TALKED,
        *(dict(_SELLS[one]) for one in stage.forward_sells),
        {"kind": "deals.change_stage", "stage": next_stage},
        {"kind": "deals.set_task", "task": "call", "words": stage.forward_task, "when": "client_morning"},
    ]
    return _button(
        "next", stage.forward, stage.forward_icon, [_outcome("next", stage.forward, "step", *steps)], is_next=True
    )


def _meeting(given: ShippedMeeting | None) -> Json:
    one = given or ShippedMeeting(_("Meeting"), _("Meeting"), "calendar-user")
    task: Json = {"kind": "deals.set_task", "task": "meeting", "words": one.task, "when": "asked"}
    return _button("meet", one.label, one.icon, [_outcome("meet", one.label, "meeting", _TALKED, task)])


def _thinking() -> Json:
    task: Json = {"kind": "deals.set_task", "words": _("Ask what was decided"), "when": "in", "minutes": 3 * 1440}
    return _button("think", _("Thinking"), "hourglass", [_outcome("think", _("Thinking"), "thinking", _TALKED, task)])


def _paid() -> Json:
    steps: list[Json] = [_TALKED, {"kind": "deals.mark_paid"}]
    return _button("paid", _("Paid"), "currency-ruble", [_outcome("paid", _("Paid"), "paid", *steps)], colour="gain")


def _refused() -> Json:
    asked: list[Json] = [
        _TALKED,
        {"kind": "deals.mark_refused"},
        {"kind": "deals.ask", "what": "comment", "required": False},
    ]
    wrong: list[Json] = [
        {"kind": "deals.add_tag", "tag": _("wrong number")},
        {"kind": "deals.mark_refused", "reason": "wrong_number"},
    ]
    return _button(
        "refuse",
        _("Refused"),
        "x",
        [
            _outcome("refuse", _("Refused"), "refused", *asked),
            _outcome("wrong", _("Wrong number"), "wrong_number", *wrong),
        ],
        colour="late",
    )
