"""A step of automations: a task for a person about the client who walks one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field

from voronka.accounts import queries as accounts
from voronka.kit import texts
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.steps import Effect, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import current_company_id
from voronka.people import ports as people_ports
from voronka.people import queries as people
from voronka.work.queries.tasks import list_kinds
from voronka.work.rules.tasks import LONGEST_TITLE, missing
from voronka.work.services.tasks import TaskDraft, required_words, set_task

PLACES = ("client.name", "client.first_name", "client.city", "manager.name", "company.name")
RESPONSIBLE, HEAD = "responsible", "head"
HEADS = ("head", "owner")  # in this order


def _kinds(where: Subject) -> Sequence[tuple[str, str]]:
    return [("", _("without a kind")), *((one.public_id, one.name) for one in list_kinds())]


def _whom(where: Subject) -> Sequence[tuple[str, str]]:
    fixed = [(RESPONSIBLE, _("who answers for the client")), (HEAD, _("the head"))]
    return [*fixed, *((one.public_id, one.name) for one in accounts.list_employees())]


def minutes_in_words(minutes: int) -> str:
    """Say a stretch of time."""
    if minutes % 1440 == 0:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return _("%(n)s min") % {"n": minutes}


@step
class SetPersonTask(Step):
    """Set a task for a person about the client: for who answers for him, the head, or a named one.

    Where nobody answers for the client, or he works here no more, the head gets it. The task is written in the
    transaction of the walk's turn, so a walk sets it once.
    """

    kind: ClassVar[str] = "work.set_task"
    title: ClassVar[str] = gettext_lazy("set a task for a person")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "checkbox"
    needs: ClassVar[frozenset[type]] = frozenset({people_ports.IsClient})
    settings: ClassVar = {
        "words": Setting(
            gettext_lazy("What is to be done"),
            help=gettext_lazy("May name {{ client.name }}, {{ client.first_name }}, {{ client.city }}."),
        ),
        "employee": Setting(gettext_lazy("For whom"), options=_whom, is_picked=True),
        "task_kind": Setting(gettext_lazy("Kind of the task"), options=_kinds, is_picked=True),
        "minutes": Setting(gettext_lazy("To be done in"), look="minutes"),
    }

    words: str = Field(min_length=1, max_length=LONGEST_TITLE)
    employee: str = Field(default=RESPONSIBLE, max_length=12)
    task_kind: str = Field(default="", max_length=12)
    minutes: int = Field(default=1440, ge=1, le=60 * 24 * 366)

    def sentence(self) -> Sentence:
        """Say what, for whom and by when."""
        name = dict(_whom(Subject("client", 0))).get(self.employee, _("(gone)"))
        return say(_("Set a task for a person: “{words}”, {employee}, in {minutes}"), words=self.words, employee=name,
                   minutes=minutes_in_words(self.minutes))  # fmt: skip

    def problems(self) -> list[str]:
        """Report a person or kind that is gone, a kind that wants what no automation has, a broken text."""
        found = [texts.explain(one) for one in texts.check_template(self.words, PLACES)]
        if self.employee not in dict(_whom(Subject("client", 0))):
            found.append(_("This employee no longer works here: choose another."))
        kind = next((one for one in list_kinds() if one.public_id == self.task_kind), None)
        if self.task_kind and kind is None:
            found.append(_("This choice is no longer in the list."))
        if kind is not None:
            given = {"about": True, "why": False, "checklist": False, "file": False}
            found += [required_words(code) for code in missing(kind.requires, kind.asks, given=given, answers={})]
        return found

    def preview(self, context: StepContext) -> list[Effect]:
        """Say which task it would be."""
        draft, name = self._draft(context)
        return [_effect(draft, name)]

    def run(self, context: StepContext) -> list[Effect]:
        """Set the task. Raises Refusal in words where it may not be set so."""
        draft, name = self._draft(context)
        try:
            set_task(actor=context.actor, draft=draft, now=context.now)
        except Invalid as wrong:
            raise Refusal(" ".join(wrong.fields.values()) or wrong.message, code="bad_step") from wrong
        return [_effect(draft, name)]

    def _draft(self, context: StepContext) -> tuple[TaskDraft, str]:
        client = people.get_client_row(context.client_id)
        employee_id, name = self._chosen(client.responsible_id)
        # What the executor may not see of a card stands in no title of his.
        reader = accounts.find_actor(current_company_id(), employee_id)
        shown = client if reader is None else people.shown(reader, client)
        manager = accounts.employee_names([client.responsible_id or 0]).get(client.responsible_id or 0, "")
        values: dict[str, texts.Value] = {
            "client": {"name": shown.name, "first_name": shown.first_name or shown.name, "city": shown.city},
            "manager": {"name": manager}, "company": {"name": accounts.get_company_rules().name},
        }  # fmt: skip
        try:
            title = texts.render(self.words, values, autoescape=False, language=context.actor.language)
        except texts.TextError as failure:
            raise Refusal(texts.explain(failure.problem), code="bad_template") from failure
        about = f"client:{client.public_id}"
        due_at = context.now + timedelta(minutes=self.minutes)
        draft = TaskDraft(
            " ".join(title.split())[:LONGEST_TITLE], employee_id, due_at, about=about, kind=self.task_kind
        )
        return draft, name

    def _chosen(self, responsible_id: int | None) -> tuple[int, str]:
        people_here = accounts.list_employees()
        if self.employee not in (RESPONSIBLE, HEAD):
            found = next((one for one in people_here if one.public_id == self.employee), None)
            if found is None:
                raise Refusal(_("This employee no longer works here: choose another."), code="employee_gone")
            return found.pk, found.name
        own = next((one for one in people_here if one.pk == responsible_id), None)
        if self.employee == RESPONSIBLE and own is not None:
            return own.pk, own.name
        heads = [one for one in people_here if one.role.code in HEADS and one.joined_at is not None and one != own]
        # A head of the same team first, then any head, then the owner.
        team = own.team_id if own is not None else None
        heads.sort(key=lambda one: (HEADS.index(one.role.code), team is None or one.team_id != team, one.pk))
        if not heads:
            raise Refusal(_("There is no head to give the task to: name an employee."), code="no_head")
        return heads[0].pk, heads[0].name


def _effect(draft: TaskDraft, name: str) -> Effect:
    return Effect("task", _("task for %(name)s: %(words)s") % {"name": name, "words": draft.title}, draft.due_at)
