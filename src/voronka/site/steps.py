"""What a scenario of the site does: it shows a widget, opens the chat, gives a code, makes a request."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from pydantic import Field

from voronka.flows.ports import Act, ShownStep
from voronka.kit import wording
from voronka.kit.steps import Effect, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject
from voronka.loyalty import queries as loyalty
from voronka.loyalty import services as loyalty_services
from voronka.people import services as people_services
from voronka.people.services import TouchData
from voronka.site.models import Visit
from voronka.site.queries import widgets as widget_queries
from voronka.site.queries.showings import reason_words
from voronka.site.rules.stage import Past
from voronka.site.services import helping, showing
from voronka.site.services.acting import CODE, ENDS, VisitorOpener
from voronka.site.services.contacts import MAKES_LEAD, told_contacts
from voronka.site.services.replies import may_get
from voronka.site.services.staging import Stage

UNTIL = "promo.until"
MOST_MINUTES = 60 * 24 * 90
RANKS = {
    "help": (1, gettext_lazy("help: goes before all else")),
    "offer": (2, gettext_lazy("an offer: goes before a teaser")),
    "teaser": (3, gettext_lazy("a teaser: yields to all else")),
}


def _act(context: StepContext) -> Act:
    return context.draft.capability(VisitorOpener).act


def _stage(act: Act) -> Stage | None:
    return act.near if isinstance(act.near, Stage) else None


def _promos(_where: Subject) -> Sequence[tuple[str, str]]:
    return [("", _("no code")), *loyalty.batches()]


def _widgets(_where: Subject) -> Sequence[tuple[str, str]]:
    return widget_queries.widgets_for_scenarios()


def _span(minutes: int) -> str:
    return wording.duration(minutes * 60, get_language() or "ru")


def keep_code(act: Act, context: StepContext, promo: str, until: timedelta) -> str:
    """Give a code for the walk and keep it for later letters; return it."""
    ends = act.now + until
    made = loyalty_services.give_code(
        actor=context.actor, public_id=promo, until=ends, now=act.now, client_id=context.client_id or None
    )
    holds = made.until or ends
    act.kept[CODE], act.kept[UNTIL] = made.code, holds.isoformat()
    act.kept[ENDS] = wording.moment(holds, context.actor.zone.key, act.now, context.actor.language)
    return made.code


class _OnScreen(ShownStep):
    """The base of what takes the visitor's screen: one action of his has one answer."""

    needs: ClassVar[frozenset[type]] = frozenset({VisitorOpener})

    def show(self, act: Act, stage: Stage, context: StepContext) -> str:
        """Show it; return why not in words, "" where it is shown."""
        raise NotImplementedError

    def try_out(self, act: Act, stage: Stage, past: list[Past]) -> str:
        """Return why a try would not show it, in words; "" where it would."""
        return ""

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell whether it would be shown, by the screen as the try has it."""
        stage, act = _stage(_act(context)), _act(context)
        if stage is None:
            return [_hidden(self.called(), _("nobody is on a page"))]
        if stage.shown:
            return [_hidden(self.called(), _("gave way to “%(what)s”") % {"what": stage.shown})]
        why = self.try_out(act, stage, stage.tried.past) if stage.tried is not None else ""
        if why:
            return [_hidden(self.called(), why)]
        stage.shown = self.called()
        return [Effect("shown", _("shown: “%(what)s”") % {"what": self.called()}, act.now)]

    def run(self, context: StepContext) -> list[Effect]:
        """Show it, or say why not."""
        act = _act(context)
        stage = _stage(act)
        if stage is None:
            return [_hidden(self.called(), _("nobody is on a page"))]
        if stage.shown:
            return [_hidden(self.called(), _("gave way to “%(what)s”") % {"what": stage.shown})]
        why = self.show(act, stage, context)
        if why:
            return [_hidden(self.called(), why)]
        stage.shown = self.called()
        return [Effect("shown", _("shown: “%(what)s”") % {"what": self.called()}, act.now)]


def _hidden(what: str, why: str) -> Effect:
    return Effect("not_shown", _("not shown: “%(what)s”, %(why)s") % {"what": what, "why": why}, happens=False)


@step
class ShowWidget(_OnScreen):
    """Show a widget on the page, with a true end and a code of the visitor's own if wanted."""

    kind: ClassVar[str] = "site.show_widget"
    title: ClassVar[str] = gettext_lazy("show a widget")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "device-desktop"
    settings: ClassVar[Mapping[str, Setting]] = {
        "widget": Setting(gettext_lazy("Widget"), options=_widgets, is_picked=True),
        "rank": Setting(
            gettext_lazy("If something else would be shown too"), words={key: one[1] for key, one in RANKS.items()}
        ),
        "promo": Setting(
            gettext_lazy("A code of his own"), options=_promos, is_picked=True,
            help=gettext_lazy("For one use; it ends when the offer does."),
        ),
        "minutes": Setting(
            gettext_lazy("The offer ends in, minutes"),
            help=gettext_lazy("The clock is kept here: then the code works no more. 0: no end."),
        ),
    }  # fmt: skip

    widget: str = Field(max_length=12)
    rank: Literal["help", "offer", "teaser"] = "teaser"
    promo: str = Field(default="", max_length=12)
    minutes: int = Field(default=0, ge=0, le=MOST_MINUTES)

    def called(self) -> str:
        """Return the widget's name."""
        return dict(_widgets(Subject("visitor", 0))).get(self.widget, _("(gone)"))

    def yields(self) -> int:
        """Return its place among others."""
        return RANKS[self.rank][0]

    def sentence(self) -> Sentence:
        """Say what is shown and how long it holds."""
        if self.minutes:
            return say(_("Show “{widget}”, it ends in {minutes}"), widget=self.called(), minutes=_span(self.minutes))
        return say(_("Show “{widget}”"), widget=self.called())

    def problems(self) -> list[str]:
        """Report a widget or a promo that is gone, a code without an end."""
        found = []
        if widget_queries.find_widget(self.widget) is None:
            found.append(_("The widget is gone: choose another."))
        if self.promo and self.promo not in dict(_promos(Subject("visitor", 0))):
            found.append(_("The promo holds no more: choose another."))
        if self.promo and not self.minutes:
            found.append(_("Say in how many minutes the offer ends: its code ends with it."))
        return found

    def show(self, act: Act, stage: Stage, context: StepContext) -> str:
        """Offer the widget to the page; a code that was made for it is gone where the page refuses."""
        widget_id = widget_queries.find_widget(self.widget)
        if widget_id is None:
            return _("the widget is gone")
        ends_at = act.now + timedelta(minutes=self.minutes) if self.minutes else None
        was = dict(act.kept)
        with transaction.atomic():
            if self.promo and not may_get(stage.moment.address, now=act.now):
                return _("one address has had too many codes")
            code = keep_code(act, context, self.promo, timedelta(minutes=self.minutes)) if self.promo else ""
            shown, why = showing.offer_or_why(
                moment=stage.moment, widget_id=widget_id, key=act.key, ends_at=ends_at, code=code
            )
            if shown is None:
                transaction.set_rollback(True)
        if shown is not None:
            return ""
        act.kept.clear()
        act.kept.update(was)
        showing.note_refused(widget_id, why, act.now)  # what was counted went back with the code
        return reason_words()[why]

    def try_out(self, act: Act, stage: Stage, past: list[Past]) -> str:
        """Ask the limits of the site and the rules of the widget, as a page does."""
        widget_id = widget_queries.find_widget(self.widget)
        if widget_id is None:
            return _("the widget is gone")
        ends_at = act.now + timedelta(minutes=self.minutes) if self.minutes else None
        moment = replace(stage.moment, now=act.now)  # a page that asks again does so later than its moment
        why = showing.try_out(moment=moment, widget_id=widget_id, key=act.key, ends_at=ends_at, past=past)
        return reason_words()[why] if why else ""


@step
class OpenChat(_OnScreen):
    """Open the chat on the page with a line of the bot."""

    kind: ClassVar[str] = "site.open_chat"
    title: ClassVar[str] = gettext_lazy("open the chat with a line")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "message-circle"
    settings: ClassVar[Mapping[str, Setting]] = {"text": Setting(gettext_lazy("What the bot says"), look="lines")}

    text: str = Field(min_length=1, max_length=1000)

    def called(self) -> str:
        """Return the beginning of the line."""
        return self.text if len(self.text) <= 40 else f"{self.text[:39]}…"

    def yields(self) -> int:
        """Help goes before all else."""
        return RANKS["help"][0]

    def sentence(self) -> Sentence:
        """Say the line."""
        return say(_("The chat says: “{text}”"), text=self.called())

    def show(self, act: Act, stage: Stage, context: StepContext) -> str:
        """Open the chat, where the page has one."""
        is_said = helping.speak(moment=stage.moment, text=self.text, key=act.key)
        return "" if is_said else _("the site has no chat now, or a person has the talk")


@step
class GiveCode(Step):
    """Give the visitor a code of his own, for the letters that come after."""

    kind: ClassVar[str] = "site.give_code"
    title: ClassVar[str] = gettext_lazy("give a code of his own")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "ticket"
    needs: ClassVar[frozenset[type]] = frozenset({VisitorOpener})
    settings: ClassVar[Mapping[str, Setting]] = {
        "promo": Setting(gettext_lazy("Promo"), options=_promos, is_picked=True),
        "minutes": Setting(
            gettext_lazy("It holds for"), look="minutes",
            help=gettext_lazy("Letters name it by {{ promo.code }} and {{ promo.ends }}."),
        ),
    }  # fmt: skip

    promo: str = Field(default="", max_length=12)
    minutes: int = Field(default=1440 * 7, ge=1, le=MOST_MINUTES)

    def sentence(self) -> Sentence:
        """Say of which promo and for how long."""
        name = dict(_promos(Subject("visitor", 0))).get(self.promo, _("(gone)"))
        return say(_("Give a code of “{promo}”, it holds for {minutes}"), promo=name, minutes=_span(self.minutes))

    def problems(self) -> list[str]:
        """Report a promo that is gone."""
        known = dict(_promos(Subject("visitor", 0)))
        return [] if self.promo and self.promo in known else [_("Choose a promo of single codes.")]

    def preview(self, context: StepContext) -> list[Effect]:
        """Say until when it would hold."""
        return [Effect("code", _("a code of his own"), context.now + timedelta(minutes=self.minutes))]

    def run(self, context: StepContext) -> list[Effect]:
        """Give it, once."""
        act, stage = _act(context), _stage(_act(context))
        if stage is not None and not may_get(stage.moment.address, now=act.now):
            return [Effect("no_code", _("no code: one address has had too many"), happens=False)]
        code = keep_code(act, context, self.promo, timedelta(minutes=self.minutes))
        ends = act.now + timedelta(minutes=self.minutes)
        return [Effect("code", _("code %(code)s") % {"code": code}, ends)]


@step
class MakeLead(Step):
    """Make a request of what the visitor has typed into forms, or for the client he is."""

    kind: ClassVar[str] = MAKES_LEAD
    title: ClassVar[str] = gettext_lazy("make a request of the visitor")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "inbox"
    needs: ClassVar[frozenset[type]] = frozenset({VisitorOpener})
    settings: ClassVar[Mapping[str, Setting]] = {"text": Setting(gettext_lazy("What the request says"), look="lines")}

    text: str = Field(default="", max_length=1000)

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Make a request: “{text}”"), text=self.text[:60]) if self.text else [_("Make a request")]

    def preview(self, context: StepContext) -> list[Effect]:
        """Say whether there would be one."""
        touch = self._touch(context)
        return [Effect("lead", _("a request")) if touch else _no_contact()]

    def run(self, context: StepContext) -> list[Effect]:
        """Make it, once a walk."""
        touch = self._touch(context)
        if touch is None:
            return [_no_contact()]
        people_services.receive(actor=context.actor, touch=touch, now=context.now)
        return [Effect("lead", _("a request"))]

    def _touch(self, context: StepContext) -> TouchData | None:
        act = _act(context)
        told, name, page = told_contacts(act.subject_id, context.client_id)
        if not any(told):
            return None
        visit = Visit.objects.filter(visitor=act.subject_id).order_by("-begun_at").first()
        utm = (visit.head.get("utm", {}) if visit else {}) or {}
        return TouchData(
            channel="form", name=name, phones=tuple(told[0]), emails=tuple(told[1]), message=self.text,
            page=page, request_id=act.key, browser_zone=str((visit.head if visit else {}).get("zone", "")),
            source=utm.get("source", ""), medium=utm.get("medium", ""), campaign=utm.get("campaign", ""),
            term=utm.get("term", ""), content=utm.get("content", ""),
        )  # fmt: skip


def _no_contact() -> Effect:
    return Effect("lead", _("a request: the visitor has told no phone and no e-mail"), happens=False)
