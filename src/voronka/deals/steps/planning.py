"""Steps that set the next step of a deal: a task, or the ladder of a call not got through."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from pydantic import Field, field_validator

from voronka.deals import ports
from voronka.deals.rules.ladder import DEFAULT_LADDER, Ladder, ladder_problems, retry_at
from voronka.kit import wording
from voronka.kit.steps import Ask, Effect, Ending, Sentence, Setting, Step, StepContext, say, step

TASK_KINDS = {
    "call": gettext_lazy("Call back"),
    "meeting": gettext_lazy("Meeting"),
    "letter": gettext_lazy("Write"),
    "document": gettext_lazy("Prepare a document"),
    "other": gettext_lazy("Task"),
}
TaskKind = Literal["call", "meeting", "letter", "document", "other"]


def minutes_in_words(minutes: int) -> str:
    """Say a delay: `5 min`, `3 hours`, `2 days`."""
    if minutes % 1440 == 0:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return _("%(n)s min") % {"n": minutes}


def when_in_words(at: datetime, context: StepContext) -> str:
    """Say a moment by the client's clock and by the actor's: a day is named when it is not today."""
    zone = context.draft.capability(ports.KnowsClientZone).client_zone()  # type: ignore[type-abstract]  # a protocol
    if at.astimezone(zone).utcoffset() == at.astimezone(context.actor.zone).utcoffset():
        return _clock(at.astimezone(zone), context.now.astimezone(zone))
    return wording.two_clocks(at, str(zone), context.actor.zone.key, context.now, get_language() or "en")


def _clock(at: datetime, now: datetime) -> str:
    days = (at.date() - now.date()).days
    if days == 0:
        return _("at %(time)s") % {"time": f"{at:%-H:%M}"}
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": f"{at:%-H:%M}"}
    return _("on %(day)s at %(time)s") % {"day": date_format(at, "j E"), "time": f"{at:%-H:%M}"}


@step
class SetTask(Step):
    """Set the next task: in so many minutes, at a time the person picks, or on the client's next working morning."""

    kind: ClassVar[str] = "deals.set_task"
    title: ClassVar[str] = gettext_lazy("set a task")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "clock"
    needs: ClassVar[frozenset[type]] = frozenset({ports.HasNextStep})
    ending: ClassVar[Ending] = "next"
    settings: ClassVar[Mapping[str, Setting]] = {
        "task": Setting(gettext_lazy("Kind of the task"), words=TASK_KINDS),
        "words": Setting(gettext_lazy("Words for the manager"), help=gettext_lazy("Empty: the kind of the task.")),
        "when": Setting(
            gettext_lazy("When"),
            words={
                "in": gettext_lazy("after a delay"),
                "asked": gettext_lazy("at the time the manager picks"),
                "client_morning": gettext_lazy("on the client's next working morning"),
            },
        ),
        "minutes": Setting(gettext_lazy("Delay"), look="minutes", when=("when", frozenset({"in"}))),
    }

    task: TaskKind = "call"
    words: str = Field(default="", max_length=120)
    when: Literal["in", "asked", "client_morning"] = "asked"
    minutes: int = Field(default=60, ge=1, le=60 * 24 * 366)

    def sentence(self) -> Sentence:
        """Say which task and when."""
        task = self.words or str(TASK_KINDS[self.task])
        if self.when == "asked":
            return say(_("Set the task {words} {when}"), words=task, when=_("at the time the manager picks"))
        if self.when == "client_morning":
            return say(_("Set the task {words} {when}"), words=task, when=_("on the client's next working morning"))
        return say(_("Set the task {words} in {minutes}"), words=task, minutes=minutes_in_words(self.minutes))

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Ask for the time when the manager is to pick it."""
        if self.when != "asked":
            return ()
        label = {
            "call": _("When to call back?"),
            "meeting": _("When is the meeting?"),
        }.get(self.task, _("When?"))
        return (Ask("at", "moment", label),)

    def preview(self, context: StepContext) -> list[Effect]:
        """Plan the task; a delay that ends outside the client's calling hours goes to their next opening."""
        hours = context.draft.capability(ports.HasNextStep)  # type: ignore[type-abstract]  # a protocol
        asked: datetime | None = context.answers.get("at") if self.when == "asked" else None
        if asked is not None:
            at = asked
        elif self.when == "client_morning":
            at = hours.next_client_morning(context.now)
        else:
            at = hours.within_calling_hours(context.now + timedelta(minutes=self.minutes))
        words = self.words or str(TASK_KINDS[self.task])
        hours.set_next(ports.NextStep(self.task, words, at, promised=asked is not None))
        return [Effect("task", f"{words} {when_in_words(at, context)}", at)]


@step
class MissLadder(Step):
    """Count a call not got through and set the next try by the ladder; the last rung closes the deal."""

    kind: ClassVar[str] = "deals.miss_ladder"
    by_person: ClassVar[bool] = True
    title: ClassVar[str] = gettext_lazy("go up the ladder of missed calls")  # type: ignore[assignment]  # lazy
    icon: ClassVar[str] = "stairs-up"
    needs: ClassVar[frozenset[type]] = frozenset({ports.HasNextStep, ports.CountsMisses, ports.Closes})
    ending: ClassVar[Ending] = "maybe"
    settings: ClassVar[Mapping[str, Setting]] = {
        "words": Setting(gettext_lazy("Words for the manager"), help=gettext_lazy("Empty: “Call again”.")),
        "rungs": Setting(gettext_lazy("Ladder"), look="ladder"),
    }

    rungs: list[int | Literal["archive"]] = Field(default_factory=lambda: list(DEFAULT_LADDER.rungs))
    words: str = Field(default="", max_length=120)

    @field_validator("rungs")
    @classmethod
    def _sound(cls, rungs: list[int | Literal["archive"]]) -> list[int | Literal["archive"]]:
        problems = ladder_problems(rungs)
        if problems:
            raise ValueError(", ".join(problem.code for problem in problems))
        return rungs

    def sentence(self) -> Sentence:
        """Say the ladder."""
        return say(
            _("Add 1 to the missed calls and call again by the ladder of {rungs}"),
            rungs=ngettext("%(n)s step", "%(n)s steps", len(self.rungs)) % {"n": len(self.rungs)},
        )

    def preview(self, context: StepContext) -> list[Effect]:
        """Count and plan: the retry stays inside the client's calling hours, and the effect says so."""
        draft = context.draft
        counter = draft.capability(ports.CountsMisses)  # type: ignore[type-abstract]  # a protocol
        hours = draft.capability(ports.HasNextStep)  # type: ignore[type-abstract]  # a protocol
        earlier = counter.miss_count()
        retry = retry_at(Ladder(tuple(self.rungs)), earlier, context.now, hours.calling_hours())
        counter.set_misses(earlier + 1)
        counted = Effect("miss", _("missed call %(n)s of %(all)s") % {"n": retry.rung, "all": len(self.rungs)})
        if retry.at is None:
            draft.capability(ports.Closes).archive()  # type: ignore[type-abstract]  # a protocol
            return [counted, Effect("archive", _("the deal goes to the archive"))]
        words = self.words or _("Call again")
        hours.set_next(ports.NextStep("call", words, retry.at))
        effect = f"{words} {when_in_words(retry.at, context)}"
        if retry.moved:
            effect += " " + _("(the client's calling hours are over until then)")
        return [Effect("task", effect, retry.at), counted]


@step
class ResetMisses(Step):
    """Forget the missed calls: there was a conversation."""

    kind: ClassVar[str] = "deals.reset_misses"
    title: ClassVar[str] = gettext_lazy("forget missed calls")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "phone-check"
    needs: ClassVar[frozenset[type]] = frozenset({ports.CountsMisses})

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("Set the count of missed calls to zero")]

    def preview(self, context: StepContext) -> list[Effect]:
        """Set the counter to zero."""
        counter = context.draft.capability(ports.CountsMisses)  # type: ignore[type-abstract]  # a protocol
        if counter.miss_count() == 0:
            return [Effect("reset", _("there were no missed calls"), happens=False)]
        counter.set_misses(0)
        return [Effect("reset", _("missed calls: 0"))]
