"""The stage: a visitor has one interruption at a time, and no more of them than the site wants.

Everything that shows something goes through `offer`, under the lock of the visitor: two scenarios, or a scenario and a
widget of its own, never meet on one screen. What is refused is counted by its reason.
"""

import copy
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F

from voronka.kit.ids import new_public_id
from voronka.kit.tenancy import current_company_id
from voronka.site import ports
from voronka.site.models import NotShown, Showing, Stage, Visit, Visitor, Widget
from voronka.site.queries.goods import categories_of
from voronka.site.queries.showings import alive_of, past_of, times_offered
from voronka.site.queries.visitors import has_left, is_filled
from voronka.site.rules import stage as rules
from voronka.site.rules.leaving import PAUSE
from voronka.site.rules.widgets import rank_of
from voronka.site.services import staging, variants
from voronka.site.services.contacts import hold_contacts_of
from voronka.site.services.naming import lock_visitor

LASTING = ("late", "closed", "often")  # reasons that hold for a day and longer: the page need not ask at each firing
# Whether a widget of a kind has anything to say here: nothing is shown empty.
Need = Callable[[Widget, ports.Moment], bool]
_needs: dict[str, tuple[Need, str]] = {}
# Hears that a showing of a kind is on a visitor's screen, once.
OnScreen = Callable[[Showing, datetime], None]
_on_screen: dict[str, OnScreen] = {}


def register_need(kind: str, need: Need, reason: str = "empty") -> None:
    """Register what tells whether a widget of a kind has something to show; `reason` is counted where it has not.

    `reason` is one of rules.stage.REASONS.
    """
    _needs[kind] = (need, reason)


def register_on_screen(kind: str, hears: OnScreen) -> None:
    """Register who is called once when a widget of a kind has appeared on a visitor's screen."""
    _on_screen[kind] = hears


def offer(
    *, moment: ports.Moment, widget_id: int, key: str, ends_at: datetime | None = None, code: str = ""
) -> Showing | None:
    """Offer a widget to a visitor as the next thing on his screen; None where the rules forbid it.

    Why it was refused is counted (`NotShown`). `key` names the occasion: a visitor is offered a widget once for each
    key. The showing is over at `ends_at`; without it the content's own number of minutes counts. `code` is a promo code
    that is shown with it.
    """
    return offer_or_why(moment=moment, widget_id=widget_id, key=key, ends_at=ends_at, code=code)[0]


def offer_or_why(
    *, moment: ports.Moment, widget_id: int, key: str, ends_at: datetime | None = None, code: str = ""
) -> tuple[Showing | None, str]:
    """Do as `offer`; return the showing, and the reason of a refusal (one of rules.stage.REASONS, "" for none)."""
    return _offer(moment, widget_id, key, ends_at, code, is_asked=False)


def try_out(
    *, moment: ports.Moment, widget_id: int, key: str, ends_at: datetime | None, past: list[rules.Past]
) -> str:
    """Return why a try would not show a widget to one who has been shown `past` in it; "" where it is added to that.

    The reasons are those of pages (rules.stage.REASONS): the site's limits, the widget's own rules.
    """
    widget = Widget.objects.filter(pk=widget_id, site_id=moment.site_id, is_on=True, is_gone=False).first()
    if widget is None:
        return "off"
    wanted = rules.Wanted(
        widget.pk, key[:120], rank_of(widget.kind, moment.kind), rules.read_rules(widget.rules), ends_at
    )
    why = rules.why_not(wanted, past, _limits(moment), moment.now)
    if not why:
        now = moment.now
        past.append(rules.Past(widget.pk, wanted.key, "shown", wanted.rank, now, now, ended_at=now))
    return why


def show_asked(*, moment: ports.Moment, widget_id: int, key: str, has_end: bool = True) -> Showing | None:
    """Show a widget that the visitor has opened himself: the limits on interruptions do not apply to it.

    `has_end` is False for visitors who may not be followed: nobody knows them on the next page, so a timer would begin
    anew there.
    """
    return _offer(moment, widget_id, key, None, "", is_asked=True, has_end=has_end)[0]


@transaction.atomic
def _offer(
    moment: ports.Moment,
    widget_id: int,
    key: str,
    ends_at: datetime | None,
    code: str,
    *,
    is_asked: bool,
    has_end: bool = True,
) -> tuple[Showing | None, str]:
    """Return what is to be shown, or why it is not."""
    visitor = lock_visitor(moment.visitor_id)
    widget = Widget.objects.filter(pk=widget_id, site_id=moment.site_id, is_gone=False).first()
    if visitor is None or widget is None:
        return None, "off"
    # Whom nobody will know again has no deadline that holds, and counts in no test.
    said = variants.said_to(widget, visitor) if has_end else variants.Said(widget.content)
    own, is_given = rules.read_rules(widget.rules), ends_at is not None or not has_end
    minutes = said.content.get("minutes") or 0
    if minutes and not is_given:
        ends_at, code = _deadline(visitor.pk, widget, own, minutes, moment.now)
    rank = rank_of(widget.kind, moment.kind)
    wanted = rules.Wanted(widget.pk, key[:120], rank, own, ends_at)
    past = past_of(visitor.pk, widget.pk, wanted.key)
    reason = "off" if not widget.is_on else "bot" if visitor.is_bot else ""
    if not reason and is_asked:
        is_late = ends_at is not None and ends_at <= moment.now
        reason = "again" if any(one.key == wanted.key for one in past) else "late" if is_late else ""
    elif not reason:
        reason = rules.why_not(wanted, past, _limits(moment), moment.now)
    if not reason:
        reason = _lacks(widget, said.content, moment) or _unlike(
            widget, visitor.pk, own, said.others, moment, is_given=is_given
        )
    if reason:
        note_refused(widget.pk, reason, moment.now)
        return None, reason
    _clear(visitor.pk, moment.now)
    made = Showing.objects.create(
        public_id=new_public_id(), visitor=visitor, widget=widget, key=wanted.key, rank=rank, is_asked=is_asked,
        offered_at=moment.now, ends_at=ends_at, code=code[:40], page=moment.page[:500], about=_good(moment.about),
        arm=said.arm,
    )  # fmt: skip
    return made, ""


def _lacks(widget: Widget, content: Mapping[str, Any], moment: ports.Moment) -> str:
    """Return why a widget has nothing to show with some content, "" where it has."""
    need, reason = _needs.get(widget.kind, (None, ""))
    if need is None:
        return ""
    saying = copy.copy(widget)
    saying.content = dict(content)
    return "" if need(saying, moment) else reason


def _unlike(
    widget: Widget, visitor_id: int, own: rules.Rules, others: Iterable[Mapping[str, Any]], moment: ports.Moment,
    *, is_given: bool,
) -> str:  # fmt: skip
    """Return why another variant could not be shown to one who is new to a test, "" where each could.

    Those compared must be the same people: were a variant that has less to say shown to fewer, it would be shown to
    others, and the shares would be off.
    """
    for content in others:
        minutes = 0 if is_given else content.get("minutes") or 0
        if minutes and _deadline(visitor_id, widget, own, minutes, moment.now)[0] <= moment.now:
            return "late"
        if lacks := _lacks(widget, content, moment):
            return lacks
    return ""


def _deadline(visitor_id: int, widget: Widget, own: rules.Rules, minutes: int, now: datetime) -> tuple[datetime, str]:
    """Return till when a widget with a timer holds for a visitor, and its code: nothing that he opens begins it anew.

    What he was shown counts on until the rules would offer it to him again.
    """
    rows = Showing.objects.filter(visitor=visitor_id, widget=widget, ends_at__isnull=False)
    last = rows.exclude(state=Showing.State.MISSED).order_by("-id").first()
    if last is None or last.ends_at is None or rules.may_begin_anew(own, last.offered_at, last.ends_at, now):
        return now + timedelta(minutes=minutes), ""
    return last.ends_at, last.code


def _limits(moment: ports.Moment) -> rules.Limits:
    stage = stage_of(moment.site_id)
    visit = (
        Visit.objects.filter(visitor=moment.visitor_id, last_at__gt=moment.now - PAUSE).order_by("-begun_at").first()
    )
    since = visit.begun_at if visit is not None else moment.now - PAUSE
    return rules.Limits(stage.most_per_visit, timedelta(seconds=stage.gap_seconds), since)


def stage_of(site_id: int) -> Stage:
    """Return the settings of a site's stage (look, how often); unsaved defaults where nobody has set them."""
    return Stage.objects.filter(site=site_id).first() or Stage(site_id=site_id, version=0)


def _clear(visitor_id: int, now: datetime) -> None:
    """End the showings that have the screen or wait for it: one of a higher rank takes it now."""
    live = Showing.objects.filter(visitor=visitor_id, ended_at=None)
    live.filter(state=Showing.State.WAITING).update(state=Showing.State.MISSED, ended_at=now)
    live.exclude(state=Showing.State.WAITING).update(ended_at=now)


def _good(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the product and the purchase of what a page said, known fields only: kept with what is shown there."""
    wanted = {"product": ("name", "code", "price", "currency"), "purchase": ("number", "sum")}
    told = {name: about[name] for name in wanted if isinstance(about.get(name), Mapping)}
    return {name: {key: said[key] for key in wanted[name] if key in said} for name, said in told.items()}


def note_refused(widget_id: int, reason: str, now: datetime) -> None:
    """Count that a widget was not shown, and why."""
    made = NotShown(widget_id=widget_id, day=now.date(), reason=reason, count=0)
    key = {"widget_id": widget_id, "day": now.date(), "reason": reason}
    if not NotShown.objects.filter(**key).update(count=F("count") + 1):
        NotShown.objects.bulk_create([made], ignore_conflicts=True)
        NotShown.objects.filter(**key).update(count=F("count") + 1)


def find_visitor(asked: ports.OpenCall) -> Visitor:
    """Return the visitor of a call, locked after his contacts and client; made where the collector has none yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO site_visitor"
            " (company_id, public_id, site_id, key, first_at, unvisited_since, is_bot, is_proven, identity)"
            " SELECT %(company)s, %(public_id)s, %(site)s, %(key)s::uuid, %(now)s, %(now)s, %(bot)s, false, ''"
            " WHERE NOT EXISTS (SELECT 1 FROM site_visitor"
            " WHERE company_id = %(company)s AND site_id = %(site)s AND key = %(key)s::uuid)"
            " ON CONFLICT (company_id, site_id, key) DO NOTHING",
            {
                "company": current_company_id(), "public_id": new_public_id(), "site": asked.site_id,
                "key": asked.visitor, "now": asked.now, "bot": asked.is_bot,
            },
        )  # fmt: skip
    his = Visitor.objects.filter(site=asked.site_id, key=asked.visitor)
    pk, client_id = his.values_list("id", "client_id").get()
    hold_contacts_of(pk, client_id)
    found = lock_visitor(pk, client_id)  # scenarios act on the client as well
    # Another person on the same browser may have become another visitor meanwhile.
    return found if found is not None and found.key == uuid.UUID(asked.visitor) else find_visitor(asked)


class Next(NamedTuple):
    """The answer to a page: what to `show`, when to ask `again`, which widgets to leave alone for now.

    `over` are public ids of widgets whose refusal lasts for a day at least (LASTING): the page need not ask for them.
    """

    show: Showing | None
    again: datetime | None
    over: Sequence[str] = ()


def next_for(moment: ports.Moment, fired: Sequence[str]) -> Next:
    """Return what the visitor sees next.

    `fired` are the widgets, by public id, whose moment has come on the page: the page knows how long he is there and
    where his pointer is, everything else is judged here.
    """
    heard = staging.hear(moment)
    found, wish, over = _standing(moment, fired) if fired else Next(None, None)
    again = min((one for one in (heard, wish) if one is not None and one > moment.now), default=None)
    return Next(found or alive_of(moment.visitor_id, moment.now), again, over)


def _standing(moment: ports.Moment, fired: Sequence[str]) -> Next:
    """Offer the widgets whose rules fit, the strongest first, until one is taken; else say when to try again."""
    rows = Widget.objects.filter(site=moment.site_id, is_on=True, is_gone=False, public_id__in=list(fired)[:50])
    facts = facts_of(moment)
    ranked = sorted(rows, key=lambda one: (-rank_of(one.kind, moment.kind), one.pk))
    if any(one.rules.get("when") == "left" for one in ranked):
        facts = replace(facts, has_left=has_left(moment.visitor_id, moment.client_id, moment.site_id, moment.now))
    fit = [one for one in ranked if rules.fits(rules.read_rules(one.rules), facts)]
    times = times_offered(moment.visitor_id, [one.pk for one in fit])
    reasons, over = set[str](), list[str]()
    for one in fit:
        key = f"widget {one.pk} {times.get(one.pk, 0) + 1}"
        found, reason = _offer(moment, one.pk, key, None, "", is_asked=False)
        if found is not None:
            return Next(found, None, over)
        reasons.add(reason)
        over += [one.public_id] if reason in LASTING else []
    soon = moment.now + timedelta(seconds=stage_of(moment.site_id).gap_seconds + 1)
    return Next(None, soon if reasons & {"gap", "other"} else None, over)


def facts_of(moment: ports.Moment) -> rules.Facts:
    """Return what is known of a visitor and his page, for rules.stage.fits."""
    visit = Visit.objects.filter(visitor=moment.visitor_id).order_by("-begun_at").first()
    head = visit.head if visit is not None else {}
    utm = head.get("utm") or moment.about.get("utm") or {}
    product = moment.about.get("product")
    code = str(product.get("code") or "") if isinstance(product, Mapping) else ""
    has_basket = moment.about.get("basket")
    if not isinstance(has_basket, bool):
        has_basket = visit is not None and is_filled(visit)
    return rules.Facts(
        page=moment.page, device=moment.device, has_product=isinstance(product, Mapping),
        categories=categories_of([code]), visit=visit.number if visit is not None else 1,
        is_known=moment.client_id is not None, has_basket=has_basket,
        source=str(utm.get("source", "")), campaign=str(utm.get("campaign", "")),
    )  # fmt: skip


def leave(visitor_id: int, public_id: str, now: datetime) -> None:
    """End a showing whose page was left; one with a deadline goes on on the next page."""
    Showing.objects.filter(
        visitor=visitor_id, public_id=public_id, shown_at__isnull=False, ended_at=None, ends_at=None
    ).update(ended_at=now)


@transaction.atomic
def tell(*, visitor_id: int, public_id: str, what: str, now: datetime) -> Showing | None:
    """Note what became of a showing: `what` is shown or closed. Told twice, or too late, it changes nothing.

    Returns the showing; None where it is not one of this visitor's.
    """
    visitor = lock_visitor(visitor_id)
    if visitor is None:
        return None
    rows = Showing.objects.select_related("widget", "visitor")
    row = rows.filter(visitor=visitor_id, public_id=public_id).first()
    if row is None:
        return None
    state, was_shown = Showing.State, row.shown_at is not None
    if what == "shown" and row.state == state.WAITING and (row.ends_at is None or row.ends_at > now):
        row.state, row.shown_at = state.SHOWN, now
        row.save(update_fields=["state", "shown_at"])
        hears = _on_screen.get(row.widget.kind)
        if hears is not None:
            hears(row, now)
    elif what == "closed" and row.ended_at is None and row.state in (state.WAITING, state.SHOWN, state.ACTED):
        # Whoever acted and closes then has not refused.
        row.state = row.state if row.state == state.ACTED else state.CLOSED
        row.shown_at, row.ended_at = row.shown_at or now, now
        row.save(update_fields=["state", "shown_at", "ended_at"])
    if row.shown_at is not None and not was_shown:
        variants.note_seen(row, visitor, now=now)
    return row
