"""Widgets made, changed, copied, switched on and off; how all of a site look and how often they come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.care.queries.surveys import surveys_for_site
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.people.services.cleaning import Problems, fit
from voronka.site.events import StageSaved, WidgetSaved
from voronka.site.models import Site, Stage, Widget, WidgetVariant
from voronka.site.permissions import SET_UP
from voronka.site.rules import stage as stage_rules
from voronka.site.rules import widgets as rules
from voronka.site.services.known import say_changed
from voronka.trials import queries as tests
from voronka.trials import services as trials

MOST_WIDGETS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetDraft:
    """A widget as it is wanted; `content` is of its kind, `rules` of rules.stage."""

    kind: str
    name: str
    content: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    is_on: bool = False


@transaction.atomic
def save_widget(
    *,
    actor: Actor,
    site: str,
    draft: WidgetDraft,
    now: datetime,
    public_id: str = "",
    version: int | None = None,
) -> Widget:
    """Make a widget of a site, or change one: its kind stays. Raises Denied, NotFound, Invalid, Conflict `stale`.

    While a test of it runs what it says may not change (Conflict `tested`): when, where and to whom is of all variants.
    """
    actor.require(SET_UP)
    row = locked(public_id) if public_id else _new(site, draft.kind, now)
    is_running, was = is_tested(row, now=now), row.content
    if public_id and version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this widget meanwhile: look at it again."), code="stale")
    problems = Problems()
    row.name = fit("name", draft.name, 100, problems)
    if not row.name and "name" not in problems.fields:
        problems.add("name", _("Give the widget a name."))
    row.content = content_of(row.kind, draft.content, problems)
    if is_running and row.content != was and not problems.fields:
        raise Conflict(_("A test of this widget runs: what it compares may not change. End it first."), code="tested")
    if draft.is_on and row.kind == "survey" and row.content.get("survey", "") not in dict(surveys_for_site()):
        problems.add("content.survey", _("Choose a survey: visitors are asked what stands in it."))
    try:
        row.rules = stage_rules.read_rules(draft.rules).model_dump()
    except rules.Wrong as wrong:
        for place, code in wrong.places.items():
            problems.add(f"rules.{place}", words_of(code))
    problems.settle()
    row.is_on = draft.is_on
    row.version += 1 if public_id else 0
    row.save()
    announce(row, is_new=not public_id, now=now)
    return row


def content_of(kind: str, said: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """Return what was typed as the content of a kind; what is wrong with it is added to the problems."""
    try:
        return rules.read_content(kind, said)
    except rules.Wrong as wrong:
        for place, code in wrong.places.items():
            problems.add(f"content.{place}", words_of(code))
        return {}


def is_tested(row: Widget, *, now: datetime) -> bool:
    """Tell whether a test of a locked widget runs; from one that has ended the winner is taken over."""
    if not row.trial_id:
        return False
    trial = tests.trial_of("widget", row.pk)
    if trial is not None and trial.pk == row.trial_id and trial.state in ("draft", "running"):
        return True
    if trial is not None and trial.pk == row.trial_id and trial.winner:
        won = WidgetVariant.objects.filter(widget=row, trial_id=trial.pk, number=trial.winner).first()
        row.content = won.content if won is not None else row.content
    row.trial_id, row.version = 0, row.version + 1
    row.save(update_fields=["trial_id", "content", "version"])
    announce(row, now=now)
    return False


@transaction.atomic
def end_test(trial_id: int, *, now: datetime) -> None:
    """Let a widget whose test has ended say what has won; done again, it changes nothing."""
    row = Widget.objects.select_for_update(of=("self",)).filter(trial_id=trial_id).first() if trial_id else None
    if row is not None:
        is_tested(row, now=now)


def words_of(code: str) -> str:
    """Say what is wrong with a value, by its code."""
    if code in ("lacking", "string_too_short", "too_short"):
        return _("This is needed.")
    if code.startswith("string_too_long"):
        return _("This is too long.")
    if code == "string_pattern_mismatch":
        return _("A page of your site such as /sale, or a whole address with https://.")
    if code.startswith(("less_than", "greater_than")):
        return _("This number is out of its bounds.")
    return _("This value cannot be taken.")


def _new(site: str, kind: str, now: datetime) -> Widget:
    found = Site.objects.select_for_update().filter(public_id=site).first()
    if found is None:
        raise NotFound(_("There is no such site."))
    if kind not in rules.KINDS:
        raise Invalid(_("There is no such kind of widgets."), fields={"kind": _("Choose one of the list.")})
    _check_room(found)
    return Widget(site=found, kind=kind, made_at=now)


def _check_room(site: Site) -> None:
    if Widget.objects.filter(site=site, is_gone=False).count() >= MOST_WIDGETS:
        raise Invalid(_("A site has at most %(most)d widgets.") % {"most": MOST_WIDGETS})


def locked(public_id: str) -> Widget:
    """Lock a widget that is there. Raises NotFound."""
    rows = Widget.objects.select_for_update(of=("self",)).select_related("site")
    found = rows.filter(public_id=public_id, is_gone=False).first()
    if found is None:
        raise NotFound(_("There is no such widget."))
    return found


def announce(row: Widget, *, now: datetime, is_new: bool = False) -> None:
    """Say that a widget was saved, in the log and to those who tell visitors' pages of it."""
    event = WidgetSaved(
        site_id=row.site_id, widget_id=row.pk, is_new=is_new, is_on=row.is_on, is_gone=row.is_gone
    )  # fmt: skip
    publish(event, at=now)
    say_changed(row.site.public_id)


@transaction.atomic
def set_widget_on(*, actor: Actor, public_id: str, is_on: bool, now: datetime) -> Widget:
    """Switch a widget on or off; what is so already stays so. Raises Denied, NotFound."""
    actor.require(SET_UP)
    row = locked(public_id)
    if row.is_on != is_on:
        row.is_on, row.version = is_on, row.version + 1
        row.save(update_fields=["is_on", "version"])
        announce(row, now=now)
    return row


@transaction.atomic
def drop_widget(*, actor: Actor, public_id: str, now: datetime) -> Widget:
    """Put a widget into the archive, switched off; its numbers stay. Raises Denied, NotFound."""
    actor.require(SET_UP)
    row = locked(public_id)
    trials.give_up("widget", row.pk, now=now)
    row.is_on, row.is_gone, row.version, row.trial_id = False, True, row.version + 1, 0
    row.save(update_fields=["is_on", "is_gone", "version", "trial_id"])
    announce(row, now=now)
    return row


@transaction.atomic
def restore_widget(*, actor: Actor, public_id: str, now: datetime) -> Widget:
    """Bring a widget back from the archive, switched off; one that is not there stays as it is.

    Raises Denied, NotFound, Invalid for a site that has as many as it may.
    """
    actor.require(SET_UP)
    # The site before its widget, as whoever makes one locks them: two at once bring back no more than may be there.
    held = Widget.objects.filter(public_id=public_id).values("site_id")
    Site.objects.select_for_update().filter(pk__in=held).first()
    row = Widget.objects.select_for_update(of=("self",)).select_related("site").filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such widget."))
    if row.is_gone:
        _check_room(row.site)
        row.is_gone, row.version = False, row.version + 1
        row.save(update_fields=["is_gone", "version"])
        announce(row, now=now)
    return row


def copy_widget(*, actor: Actor, public_id: str, now: datetime) -> Widget:
    """Make another widget like one, switched off. Raises Denied, NotFound."""
    actor.require(SET_UP)
    found = Widget.objects.select_related("site").filter(public_id=public_id, is_gone=False).first()
    if found is None:
        raise NotFound(_("There is no such widget."))
    name = (_("%(name)s (copy)") % {"name": found.name[:80]})[:100]
    draft = WidgetDraft(kind=found.kind, name=name, content=found.content, rules=found.rules)
    return save_widget(actor=actor, site=found.site.public_id, draft=draft, now=now)


@transaction.atomic
def save_stage(
    *,
    actor: Actor,
    site: str,
    look: Mapping[str, Any],
    most_per_visit: int,
    gap_seconds: int,
    now: datetime,
    version: int | None = None,
) -> Stage:
    """Say how a site's widgets look and how often they come. Raises Denied, NotFound, Invalid, Conflict `stale`."""
    actor.require(SET_UP)
    found = Site.objects.select_for_update().filter(public_id=site).first()
    if found is None:
        raise NotFound(_("There is no such site."))
    row = Stage.objects.filter(site=found).first() or Stage(site=found, version=0)
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this site meanwhile: look at it again."), code="stale")
    problems = Problems()
    try:
        row.look = rules.read_look(look)
    except rules.Wrong as wrong:
        for place, code in wrong.places.items():
            problems.add(place, _("A colour such as #2f4b3c.") if place == "brand" else words_of(code))
    if not 0 <= most_per_visit <= 20:
        problems.add("most_per_visit", _("A number from 0 to 20."))
    if not 0 <= gap_seconds <= 86_400:
        problems.add("gap_seconds", _("This number is out of its bounds."))
    problems.settle()
    row.most_per_visit, row.gap_seconds = most_per_visit, gap_seconds
    row.version += 1
    row.save()
    publish(StageSaved(site_id=found.pk), at=now)
    say_changed(found.public_id)
    return row
