"""Operations on kinds of tasks for people, and on when the head hears of overdue ones."""

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import assignments as docs
from voronka.connect.schemas import company as rule_docs
from voronka.connect.schemas.common import IdInPath
from voronka.kit.errors import Invalid
from voronka.work import services
from voronka.work.queries import tasks
from voronka.work.queries.reminders import overdue_hours

router = Router(tags=["assignments"])
rules = Router(tags=["assignments"])


@operation(
    router,
    "GET",
    "",
    scope=scopes.COMPANY_READ,
    answer=docs.KindList,
    summary=gettext_lazy("List the kinds of tasks, and what each requires"),
)
def list_task_kinds(
    request: ApiRequest,
    state: Annotated[Literal["active", "all"], Query(description="active: those that may be chosen.")] = "active",
) -> docs.KindList:
    """Return the kinds in their order."""
    return docs.KindList(items=[docs.kind_out(one) for one in tasks.list_kinds(active=state == "active")])


@operation(
    router,
    "POST",
    "",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.Kind,
    status=201,
    summary=gettext_lazy("Add a kind of tasks"),
)
def add_task_kind(request: ApiRequest, sent: docs.NewKind) -> docs.Kind:
    """Add a kind to the end of the list."""
    made = services.add_kind(actor=request.auth.actor, name=sent.name, requires=sent.requires, asks=sent.asks)
    return docs.kind_out(made)


@operation(
    router,
    "PATCH",
    "/{kind}",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.Kind,
    summary=gettext_lazy("Change a kind of tasks, put it away or take it back"),
)
def change_task_kind(request: ApiRequest, kind: IdInPath, sent: docs.KindChanges) -> docs.Kind:
    """Change what is sent."""
    changed = services.change_kind(
        actor=request.auth.actor,
        public_id=kind,
        name=sent.name,
        requires=sent.requires,
        asks=sent.asks,
        is_active=sent.is_active,
    )
    return docs.kind_out(changed)


@operation(
    rules,
    "GET",
    "",
    scope=scopes.SETTINGS_READ,
    answer=rule_docs.TaskRules,
    right="work.manage_task_kinds",
    summary=gettext_lazy("Show when the head hears of overdue tasks"),
)
def get_task_rules(request: ApiRequest) -> rule_docs.TaskRules:
    """Return the hours after which an overdue task is told of."""
    return rule_docs.TaskRules(overdue_hours=overdue_hours())


@operation(
    rules,
    "PATCH",
    "",
    scope=scopes.SETTINGS_WRITE,
    answer=rule_docs.TaskRules,
    summary=gettext_lazy("Say when the head hears of overdue tasks"),
)
def change_task_rules(request: ApiRequest, sent: rule_docs.TaskRulesGiven) -> rule_docs.TaskRules:
    """Set the hours after which an overdue task is told of."""
    try:
        services.set_overdue_hours(actor=request.auth.actor, hours=sent.overdue_hours)
    except Invalid as wrong:
        places = {"overdue_hours" if name == "hours" else name: words for name, words in wrong.fields.items()}
        raise Invalid(wrong.message, fields=places) from wrong
    return rule_docs.TaskRules(overdue_hours=overdue_hours())
