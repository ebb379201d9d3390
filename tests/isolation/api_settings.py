"""Rows of the operations over settings: staff, roles, hours, pipelines, buttons, sharing, fields, the company."""

from api_row import ApiRow
from api_row import kept as _kept
from isolation_table import World

from voronka.deals.models import Guide

SETS_UP = "owner head"


def _whose(world: World) -> dict[str, str]:
    return {"whose": world.kept["mate"]}


_mate, _stage, _way = _kept(employee="mate"), _kept(stage="stage"), _kept(pipeline="pipeline")
_role, _rule = (lambda w: {"role": "marketer"}), _kept(rule="rule")


def _rev(world: World) -> dict[str, str]:
    return {"rev": world.kept["rev"]}


def _buttons(world: World) -> dict[str, object]:
    stage = {"kind": "deals.change_stage", "stage": world.kept["spare_stage"]}
    task = {"kind": "deals.set_task", "when": "client_morning"}
    outcome = {"label": "Замер", "steps": [stage, task]}
    return {"rev": world.kept["rev"], "buttons": [{"label": "Замер", "outcomes": [outcome]}]}


def _week(world: World) -> dict[str, object]:
    day = {"opens_minute": 540, "closes_minute": 1080}
    return {"week": [day] * 5 + [None, None], "lunch": {"opens_minute": 780, "closes_minute": 840}}


def _try(world: World) -> dict[str, object]:
    return {"client": world.kept["client"], "button": "miss"}


def build(world: World) -> None:
    """Let the company have chosen its trade: choosing it once more changes nothing."""
    with world.inside():
        Guide.objects.update_or_create(defaults={"trade": "shop"})


ROWS = [
    ApiRow("list_employees"),
    ApiRow("get_employee", args=_kept(employee="employee_id")),
    ApiRow(
        "invite_employee", "owner", (201,),
        sent=lambda w: {"email": "new@example.com", "first_name": "Нина", "role": "manager"},
    ),
    ApiRow(
        "change_employee", "owner", args=_mate, takes=frozenset({"role"}),
        sent=lambda w: {"last_name": "Новик", "feed": "led"},
    ),
    ApiRow("dismiss_employee", "owner", args=_mate),
    ApiRow("return_employee", "owner", args=_kept(employee="gone")),
    ApiRow("invite_again", "owner", args=_kept(employee="invited")),
    ApiRow("list_teams"),
    ApiRow("add_team", "owner", (201,), sent=lambda w: {"name": "Север"}),
    ApiRow("plan_hand_over", SETS_UP, args=_mate, query=lambda w: {"way": "pool"}),
    ApiRow("hand_over", SETS_UP, (201,), args=_mate, sent=lambda w: {"way": "pool"}),
    ApiRow("list_hand_overs", SETS_UP, args=_mate),
    ApiRow("undo_hand_over", SETS_UP, args=_kept(hand_over="hand_over")),
    ApiRow("list_roles", "owner"),
    ApiRow("get_role", "owner", args=_role, names=False),
    ApiRow("make_role", "owner", (201,), sent=lambda w: {"name": "Стажёр отдела", "like": "manager"}),
    ApiRow(
        "change_role", "owner", args=_role, names=False, takes=frozenset({"rights"}),
        sent=lambda w: {"name": "Реклама", "rights": {"deals.see": "own"}, "fields": {"client.phone": "hidden"}},
    ),
    ApiRow("delete_role", "owner", args=_role, names=False, sent=lambda w: {"successor": "manager"}),
    ApiRow("list_rights", "owner"),
    ApiRow("get_week", SETS_UP, args=_whose),
    ApiRow("set_week", SETS_UP, args=_whose, sent=_week),
    ApiRow("follow_company_week", SETS_UP, (204,), args=_whose),
    ApiRow("list_days", SETS_UP, args=_whose),
    ApiRow("set_day", SETS_UP, args=lambda w: {**_whose(w), "on": "2027-03-08"}, sent=lambda w: {"name": "Праздник"}),
    ApiRow("forget_day", SETS_UP, (204,), args=lambda w: {**_whose(w), "on": "2027-03-08"}),
    ApiRow("list_leaves", SETS_UP, args=_whose),
    ApiRow(
        "add_leave", SETS_UP, (201,), args=_whose,
        sent=lambda w: {"kind": "sick", "starts_on": "2027-08-02", "ends_on": "2027-08-03"},
    ),
    ApiRow("drop_leave", SETS_UP, (204,), args=_kept(leave="leave")),
    ApiRow("load_holidays", SETS_UP, sent=lambda w: {"year": 2027}),
    ApiRow("get_pipeline", SETS_UP, args=_way),
    ApiRow("add_pipeline", SETS_UP, (201,), sent=lambda w: {"name": "Кухни", "answer_minutes": 5}),
    ApiRow("change_pipeline", SETS_UP, args=_way, sent=lambda w: {"answer_minutes": 7, "place": 1}),
    ApiRow("add_stage", SETS_UP, (201,), args=_way, sent=lambda w: {"name": "Замер", "probability": 40, "place": 1}),
    ApiRow("get_stage", SETS_UP, args=_stage),
    ApiRow("change_stage", SETS_UP, args=_stage, sent=lambda w: {"norm_days": 3, "required_fields": ["deal.sum"]}),
    ApiRow("delete_stage", SETS_UP, args=_kept(stage="spare_stage"), sent=lambda w: {}),
    ApiRow("list_loss_reasons"),
    ApiRow("add_loss_reason", SETS_UP, (201,), sent=lambda w: {"name": "Нет бюджета"}),
    ApiRow(
        "change_loss_reason", SETS_UP, args=lambda w: {"reason": "price"}, names=False,
        sent=lambda w: {"name": "Цена"},
    ),
    ApiRow("list_share_rules", SETS_UP, args=_way),
    ApiRow("add_share_rule", SETS_UP, (201,), args=_way, sent=lambda w: {"way": "load", "asked": {"city": "Омск"}}),
    ApiRow("try_sharing", SETS_UP, args=_way, sent=lambda w: {"client": w.kept["client"], "channel": "form"}),
    ApiRow("get_share_rule", SETS_UP, args=_rule),
    ApiRow("change_share_rule", SETS_UP, args=_rule, sent=lambda w: {"hours": "now", "sum_from": "1000.00"}),
    ApiRow("drop_share_rule", SETS_UP, (204,), args=_rule),
    ApiRow("get_stage_buttons", SETS_UP, args=_stage),
    ApiRow("put_button_draft", SETS_UP, args=_stage, sent=_buttons),
    ApiRow("enable_buttons", SETS_UP, args=_stage, sent=_rev),
    ApiRow("drop_button_draft", SETS_UP, args=_stage, sent=_rev),
    ApiRow("list_button_versions", SETS_UP, args=_stage),
    ApiRow("restore_buttons", SETS_UP, args=lambda w: {**_stage(w), "version": 1}, sent=_rev),
    ApiRow("try_button", SETS_UP, args=_stage, sent=_try),
    ApiRow("list_step_kinds", SETS_UP, args=_stage),
    ApiRow("list_fields"),
    ApiRow("add_field", SETS_UP, (201,), sent=lambda w: {"name": "Ширина", "kind": "number", "subject": "deal"}),
    ApiRow("change_field", SETS_UP, args=_kept(field="api_field"), sent=lambda w: {"name": "Длина стены", "place": 0}),
    ApiRow("list_completeness", SETS_UP),
    ApiRow("change_completeness", SETS_UP, sent=lambda w: {"fields": {"city": {"weight": 30}}}),
    ApiRow("list_task_kinds"),
    ApiRow("add_task_kind", SETS_UP, (201,), sent=lambda w: {"name": "Счёт", "asks": ["Номер заказа"]}),
    ApiRow("change_task_kind", SETS_UP, args=_kept(kind="kind"), sent=lambda w: {"is_active": False}),
    ApiRow("get_task_rules", SETS_UP),
    ApiRow("change_task_rules", SETS_UP, sent=lambda w: {"overdue_hours": 12}),
    ApiRow("get_company", "owner"),
    ApiRow("change_company", "owner", sent=lambda w: {"call_opens_minute": 600, "is_led": True}),
    ApiRow("renew_form", "owner"),
    ApiRow("list_exports", "owner"),
    ApiRow("list_trades", "owner"),
    ApiRow("choose_trade", "owner", sent=lambda w: {"trade": "shop"}),
    ApiRow("get_inbox_settings", "owner"),
    ApiRow("change_inbox_settings", "owner", sent=lambda w: {"channels": ["form"], "sources": ["yandex"]}),
    ApiRow("unblock_sender", "owner head manager marketer", (204,), args=_kept(blocked="blocked")),
]  # fmt: skip
