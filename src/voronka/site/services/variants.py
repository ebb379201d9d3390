"""Variants of a widget, and the test that compares them by the money that those who saw them bring.

A visitor's variant is chosen when the widget is offered to him, and he counts from the moment at which his page says
that it is there: one whom nothing was drawn for has seen no variant, and a variant that cannot be drawn shows in the
shares of the test (docs/adr/0060).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.people.services.cleaning import Problems, fit
from voronka.site.models import Showing, Visitor, Widget, WidgetVariant
from voronka.site.permissions import SET_UP
from voronka.site.rules.widgets import differences
from voronka.site.services.widgets import announce, content_of, is_tested, locked
from voronka.trials import services as trials

KIND = "widget"
MOST_VARIANTS = 4  # with what the widget itself says
WINDOW_DAYS, MOST_DAYS = 7, 60
LEAST_PLANNED, PACE_DAYS = 1_000, 30
FEWEST, MOST = 100, 100_000_000  # that a person may plan to show


def unit_of(visitor_id: int) -> str:
    """Return the unit by which A/B tests (trials) know a visitor."""
    return f"visitor:{visitor_id}"


# --- What a visitor is shown ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What a widget says to a visitor: `arm` is the public id of the variant, "" for the widget's own content.

    `others` are the contents of the other variants, until the visitor has seen one of them.
    """

    content: Mapping[str, Any]
    arm: str = ""
    others: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def said_to(widget: Widget, visitor: Visitor) -> Said:
    """Return what a widget says to a visitor: the same each time while it is tested, the winner's once that is over."""
    if not widget.trial_id:
        return Said(widget.content)
    rows = list(WidgetVariant.objects.filter(widget=widget, trial_id=widget.trial_id).order_by("number"))
    number = trials.choose(KIND, widget.pk, unit_of(visitor.pk), visitor.client_id)
    mine = next((one for one in rows if one.number == number), None)
    if mine is None:
        return Said(widget.content)
    seen = Showing.objects.filter(visitor=visitor, arm__in=[one.public_id for one in rows], shown_at__isnull=False)
    others = () if seen.exists() else tuple(one.content for one in rows if one.pk != mine.pk)
    return Said(mine.content, mine.public_id, others)


def note_seen(row: Showing, visitor: Visitor, *, now: datetime) -> None:
    """Count a showing in the running test of its widget; to be called when it has appeared on the screen."""
    if not row.arm or not row.widget.trial_id:
        return
    if WidgetVariant.objects.filter(public_id=row.arm, trial_id=row.widget.trial_id).exists():
        trials.assign(KIND, row.widget_id, unit_of(visitor.pk), visitor.client_id, now=now)


# --- Variants made and tested by people ----------------------------------------------------------------------------


@transaction.atomic
def add_variant(*, actor: Actor, public_id: str, now: datetime) -> WidgetVariant:
    """Make a variant that says what the widget says, to be changed. Raises Denied, NotFound, Conflict, Invalid."""
    row = _untested(actor, public_id, now)
    count = _drafts(row).count()
    if count + 2 > MOST_VARIANTS:
        raise Invalid(_("At most %(most)d variants are compared.") % {"most": MOST_VARIANTS})
    made = WidgetVariant.objects.create(
        widget=row, number=count + 2, name=_("Variant %(n)d") % {"n": count + 2}, content=row.content
    )
    _change(row, now)
    return made


@transaction.atomic
def save_variant(
    *,
    actor: Actor,
    public_id: str,
    number: int,
    name: str,
    content: Mapping[str, Any],
    now: datetime,
    version: int | None = None,
) -> WidgetVariant:
    """Change what a draft variant says. Raises Denied, NotFound, Invalid, Conflict `stale` and while a test runs."""
    row = _untested(actor, public_id, now)
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this widget meanwhile: look at it again."), code="stale")
    found = _draft(row, number)
    problems = Problems()
    found.name = fit("name", name, 100, problems)
    if not found.name and "name" not in problems.fields:
        problems.add("name", _("Give the variant a name."))
    found.content = content_of(row.kind, content, problems)
    problems.settle()
    found.save(update_fields=["name", "content"])
    _change(row, now)
    return found


@transaction.atomic
def drop_variant(*, actor: Actor, public_id: str, number: int, now: datetime) -> None:
    """Drop a draft variant; those behind it move up. Raises Denied, NotFound, Conflict while a test runs."""
    row = _untested(actor, public_id, now)
    _draft(row, number).delete()
    for one in _drafts(row).filter(number__gt=number):
        one.number -= 1
        one.save(update_fields=["number"])
    _change(row, now)


def planned_by_pace(widget_id: int, *, now: datetime) -> int:
    """Return how many a test of a widget would be planned to show: as many as 60 days bring by its last thirty."""
    since = now - timedelta(days=PACE_DAYS)
    pace = Showing.objects.filter(widget=widget_id, shown_at__gte=since).count() * MOST_DAYS // PACE_DAYS
    return max(pace, LEAST_PLANNED)


@transaction.atomic
def start_test(
    *, actor: Actor, public_id: str, shares: Sequence[int], metric: str = "money", planned: int | None = None,
    now: datetime,
) -> str:  # fmt: skip
    """Begin to show the variants by their shares, the widget's own first; return the public id of the test.

    `planned` is how many are to be shown in all, by the widget's pace where none is said: the band is narrowest there,
    and holds anywhere. Raises Denied, NotFound, Invalid where nothing differs, a share or the number is none, Conflict
    while a test runs.
    """
    if planned is not None and not FEWEST <= planned <= MOST:
        raise Invalid(_("Say how many are to be shown: a whole number, %(least)d at least.") % {"least": FEWEST})
    row = _untested(actor, public_id, now)
    rows = list(_drafts(row))
    if not rows:
        raise Invalid(_("Add a variant first: there is nothing to compare."))
    own = WidgetVariant(widget=row, number=1, name=_("As it was"), content=row.content)
    told = [own, *rows]
    for at, one in enumerate(told):
        if any(not differences(before.content, one.content) for before in told[:at]):
            raise Invalid(_("“%(name)s” says the same as another variant: change it first.") % {"name": one.name})
    if len(shares) != len(told):
        raise Invalid(_("Say a share for each variant."))
    draft = trials.TrialDraft(
        KIND, row.pk, row.name, [trials.ArmDraft(one.name, share) for one, share in zip(told, shares, strict=True)],
        metric=metric, currency=accounts.get_company_rules().currency, window_days=WINDOW_DAYS, most_days=MOST_DAYS,
        planned=planned_by_pace(row.pk, now=now) if planned is None else planned,
    )  # fmt: skip
    made = trials.make_trial(actor=actor, draft=draft, now=now)
    trials.start(actor=actor, public_id=made.public_id, now=now)
    for one in told:
        one.trial_id = made.pk
        one.save()
    row.trial_id = made.pk
    row.save(update_fields=["trial_id"])
    _change(row, now)
    public: str = made.public_id
    return public


def _untested(actor: Actor, public_id: str, now: datetime) -> Widget:
    """Lock a widget whose variants may be changed: no test of it runs."""
    actor.require(SET_UP)
    row = locked(public_id)
    if is_tested(row, now=now):
        raise Conflict(_("A test of this widget runs: what it compares may not change. End it first."), code="tested")
    return row


def _drafts(row: Widget) -> Any:  # a query set, which Django's stubs name at length
    return WidgetVariant.objects.filter(widget=row, trial_id=0).order_by("number")


def _draft(row: Widget, number: int) -> WidgetVariant:
    found: WidgetVariant | None = _drafts(row).filter(number=number).first()
    if found is None:
        raise NotFound(_("There is no such variant."))
    return found


def _change(row: Widget, now: datetime) -> None:
    row.version += 1
    row.save(update_fields=["version"])
    announce(row, now=now)
