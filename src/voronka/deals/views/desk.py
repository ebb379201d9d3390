"""The pieces of the desk: what the deal in hand, its client and the day look like on the screen."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal, Stage
from voronka.deals.queries import desk as queries
from voronka.deals.queries.pipelines import list_stages
from voronka.deals.queries.shown import comment_shown
from voronka.deals.rules.buttons import Button, Buttons
from voronka.deals.services.locking import calling_hours
from voronka.deals.views import words
from voronka.deals.views.goods_pieces import goods_block
from voronka.deals.views.stage_fields import stage_fields
from voronka.kit import modules, pieces, timeline, wording
from voronka.kit.actors import Actor
from voronka.kit.screens import place
from voronka.kit.subjects import Subject
from voronka.people import queries as people
from voronka.work import queries as queue
from voronka.work.services import Taken

PIECE_OF_ASK = {"moment", "choice"}
NEW_CLIENT = timedelta(days=30)


@dataclass(frozen=True)
class Looker:
    """Who looks, and when; what several pieces of a page need of him is read once."""

    actor: Actor
    now: datetime

    @cached_property
    def schedule(self) -> queue.Schedule:
        """His working hours."""
        return queue.schedule_of(self.actor.employee_id, self.actor.zone.key)

    @cached_property
    def pools(self) -> Sequence[int]:
        """The pools he is served from."""
        return queries.my_pools(self.actor)

    def figures(self, *, client_id: int | None) -> queue.Figures:
        """Read the figures of his queue and of the rest of his day."""
        until = self.now.astimezone(self.actor.zone).replace(hour=23, minute=59, second=0, microsecond=0)
        return queue.read_figures(self.actor.person_id, self.pools, client_id=client_id, until=until, now=self.now)


def desk_context(deal: Deal, look: Looker, *, taken: Taken | None) -> dict[str, object]:
    """Return everything the page of a deal in hand shows."""
    actor, now = look.actor, look.now
    hours = calling_hours(deal)
    schedule = look.schedule
    ways = people.list_contacts(actor, [deal.client_id])[deal.client_id]
    contact = {name: first_of(ways, kind) for name, kind in (("number", "phone"), ("email", "email"))}
    is_open = hours.is_open(now)
    beside = queries.read_beside(deal, actor, now=now)
    buttons = beside.buttons
    stages = list_stages(deal.pipeline_id)
    fields = people.fields_shown(actor, subject=None)
    block = stage_fields(deal, actor, usable(buttons, actor), stages, fields)
    figures = look.figures(client_id=deal.client_id)
    day = queries.count_day(figures, len(beside.done))
    story = queries.read_story(deal)
    said = comment_shown(actor, story.comment)
    return {
        "deal": deal,
        "client": client_piece(deal, contact, is_open, look),
        "full": people.fullness_of(actor, deal.client, ways, [one for one in fields if one.subject == "client"]),
        "may_answer": people.may_edit(actor, deal.client),
        "deal_head": deal_piece(deal, look, stages, story.spent, beside.other_open),
        "why": why_piece(deal, look, taken, is_open, hours, schedule, buttons, said),
        "clock": clock_piece(deal, hours, schedule, look),
        "load": load_piece(schedule, beside.done, figures.planned, look),
        "fields": block,
        "goods": goods_block(deal, actor),
        "presses": press_pieces(buttons, deal, actor, block.needed),
        "queue": queue_piece(day, figures.ahead, look),
        "feed": feed_piece(deal, look),
        "lease": taken is not None,
        "holder": accounts.employee_names([figures.holder]).get(figures.holder, "") if figures.holder else "",
        "now": now,
        "my_zone": actor.zone.key,
        "note_url": reverse("deals:note-add", args=[deal.public_id]),
    }


def taken_of(deal: Deal) -> Taken:
    """Return the open step of a deal as something that was taken by hand, not given by the feed. It must be open."""
    task = deal.open_task
    assert task is not None, "only an open deal is held"
    subject = Subject("deal", deal.pk)
    return Taken(
        task.pk, deal.client_id, subject, task.band, task.priority, task.ready_at, task.window_id,
        was_held=False, turn=0,
    )  # fmt: skip


def first_of(ways: Sequence[Any], kind: str) -> str | None:  # rows of contacts of another part
    """Return the first way of a kind to reach the client."""
    return next((str(one.value) for one in ways if one.kind == kind), None)


def client_piece(deal: Deal, contact: dict[str, str | None], is_open: bool, look: Looker) -> dict[str, object]:
    """Return the head of the client: who he is and how to reach him."""
    client, actor = deal.client, look.actor
    facts: list[str] = [client.city or wording.place_of(client.zone, actor.language)]
    if (
        actor.sees("client.sum")
        and not client.purchases_sum
        and deal.import_run_id is None
        and look.now - client.made_at < NEW_CLIENT
    ):
        facts.append(_("first request"))
    else:
        facts.append(_("with us since %(year)s") % {"year": client.made_at.astimezone(actor.zone).year})
    if client.purchases_sum:
        bought = words.money_words(client.purchases_sum, deal.currency, actor)
        facts.append(format_html("<b>{}</b>", _("purchases %(sum)s") % {"sum": bought}))
    if client.first_source:
        facts.append(client.first_source)
    return {
        "name": client.name,
        "vip": client.is_vip,
        "number": contact["number"] or "",
        "quiet": not is_open,
        "facts": format_html_join("\u00a0· ", "{}", ((fact,) for fact in facts if fact)),
        "write_url": f"mailto:{contact['email']}" if contact["email"] else "",
        "card_url": place("people:client-detail", client.public_id),
        "comment": client.comment,
    }


def deal_piece(
    deal: Deal, look: Looker, all_stages: Sequence[Stage], past: Mapping[int, int], others: int
) -> dict[str, object]:
    """Return the head of the deal with its track of stages; `others` are more open deals of its client."""
    spent = queries.track(deal, all_stages, past, now=look.now)
    stages = []
    for one in spent:
        note = wording.duration(one.seconds, look.actor.language) if one.seconds else ""
        if one.days is not None:
            note = wording.nth_day(one.days, look.actor.language)
            if one.stage.norm_days:
                note += ", " + _("norm %(days)s") % {"days": one.stage.norm_days}
        late = one.days is not None and one.stage.norm_days is not None and one.days > one.stage.norm_days
        stages.append(pieces.Stage(one.stage.name, note, "late" if late else ""))
    facts = [_("probability %(n)s %%") % {"n": deal.stage.probability}, deal.pipeline.name]
    if deal.responsible is not None and deal.responsible_id != look.actor.employee_id:
        facts.append(deal.responsible.name)
    more = ngettext("%(n)s more deal", "%(n)s more deals", others) % {"n": others} if others else ""
    return {
        "name": deal.title or deal.pipeline.name,
        "sum": deal.sum,
        "currency": deal.currency,
        "facts": " · ".join([*facts, *(f"#{tag}" for tag in deal.tags)]),
        "more": more,
        "more_url": place("people:client-detail", deal.client.public_id),
        "stages": stages,
        "now": next((at for at, one in enumerate(spent) if one.days is not None), 0),
    }


def queue_piece(day: queries.DayCount, ahead: queue.Ahead | None, look: Looker) -> dict[str, object]:
    """Return the numbers of the queue and who comes next."""
    name = people.client_names([ahead.client_id], look.actor).get(ahead.client_id, "") if ahead is not None else ""
    said = words.next_words(ahead, wording.short_name(name), day.left, look.actor, now=look.now)
    return {"done": day.done, "left": day.left, "promised": day.promised, "next": said}


def why_piece(
    deal: Deal,
    look: Looker,
    taken: Taken | None,
    is_open: bool,
    hours: queue.CallingHours,
    schedule: queue.Schedule,
    buttons: Buttons,
    said: str = "",
) -> dict[str, object]:
    """Return why this client is on the screen; outside calling hours, the next good moment instead."""
    task = deal.open_task
    if task is None:
        state = {"won": _("The deal is won."), "lost": _("The deal is lost."), "archived": _("The deal is archived.")}
        return {"what": state.get(deal.state, ""), "more": "", "tone": "", "icon": "archive", "label": _("Closed")}
    promised_open = task.window.opens_minute == 0 and task.window.closes_minute == 1440
    if not is_open and not (promised_open and task.ready_at <= look.now):
        return night_piece(deal, look, hours, schedule, buttons)
    why = queue.why_now(
        band=task.band,
        priority=task.priority,
        ready_at=task.ready_at,
        window_is_open=True,
        held=taken is not None and taken.was_held and task.band > 1,
        turn=taken.turn if taken is not None else 0,
        now=look.now,
        grace_minutes=deal.pipeline.answer_minutes,
    )
    what, more = words.why_words(why, deal, look.actor, now=look.now)
    more = " ".join(part for part in (more, words.shortened(said)) if part)
    late = str(why.code).endswith("_late")
    icon = {"fresh": "bolt", "fresh_late": "bolt"}.get(str(why.code), "clock-hour-4")
    return {"what": what, "more": more, "tone": "late" if late else "", "icon": icon,
            "label": "", "rule_url": reverse("deals:queue-order")}  # fmt: skip


def night_piece(
    deal: Deal, look: Looker, hours: queue.CallingHours, schedule: queue.Schedule, buttons: Buttons
) -> dict[str, object]:
    """Return the warning that the client must not be called now, the next good moment and the presses that set it."""
    at = queue.next_shared_moment(hours, schedule, look.now)
    hour = look.now.astimezone(ZoneInfo(deal.client.zone)).hour
    piece: dict[str, object] = {
        "tone": "heed",
        "icon": "moon",
        "label": _("It is night at the client's") if hour >= 22 or hour < 7 else _("The client is not called now"),
        "what": _("Better %(moment)s")
        % {"moment": words.both_clocks(at, deal.client.zone, look.actor, now=look.now)},
        "more": "" if schedule.is_working(at) else _("You are not at work then."),
        "rule_url": reverse("deals:queue-order"),
    }
    recall = recall_button(buttons, look.actor)
    if recall is not None:
        piece |= {
            "set_url": reverse("deals:press", args=[deal.public_id, recall.key]),
            "other_url": seen_address("deals:press-ask", deal, recall.key),
            "other_key": str(recall.hotkey),
            "hidden": {**press_fields(deal), "outcome": recall.outcomes[0].key, "at": at.isoformat()},
        }
    return piece


def recall_button(buttons: Buttons, actor: Actor) -> Button | None:
    """Return the button that does nothing but put the next call off to a picked time, None where there is none."""
    return next((one for one in usable(buttons, actor) if _asks_for_a_call(one)), None)


def _asks_for_a_call(button: Button) -> bool:
    """Tell whether a press of the button does nothing but plan a call at the time that is picked."""
    kinds = {step.get("kind") for step in button.outcomes[0].steps}
    asked = any(
        step.get("kind") == "deals.set_task" and step.get("task", "call") == "call" and step.get("when") == "asked"
        for step in button.outcomes[0].steps
    )
    return asked and kinds <= {"deals.set_task", "deals.reset_misses"}


def clock_piece(deal: Deal, hours: queue.CallingHours, schedule: queue.Schedule, look: Looker) -> dict[str, object]:
    """Return the client's clock: his zone, how sure it is, his calling hours and my day on his scale."""
    scale = queue.scale_of(hours, schedule, look.now)
    is_open = hours.is_open(look.now)
    shared = tuple(minute / 60 for one in scale.both[:1] for minute in (one.start, one.end))
    sources = {
        "hand": _("set by hand"),
        "browser": _("by his browser"),
        "address": _("by his address"),
        "phone": _("by his phone number"),
        "company": _("the company's own zone"),
    }
    return {
        "zone": deal.client.zone,
        "place": wording.place_of(deal.client.zone, look.actor.language),
        "call": (hours.window.opens_minute / 60, hours.window.closes_minute / 60),
        "work": queue.flat_stretches(scale.work),
        "meet": () if is_open else shared,
        "sure": deal.client.zone_sure,
        "source": _clock_note(shared, is_open, deal.client.zone_sure, sources.get(deal.client.zone_source, "")),
    }


def _clock_note(shared: Sequence[float], is_open: bool, sure: bool, source: str) -> str:
    """Return what stands under the clock: hours good for both when he sleeps, how his zone is known when unsure."""
    if not sure:
        return source
    if not is_open and shared:
        return _("shared hours %(hours)s") % {"hours": f"{shared[0]:g}\u2013{shared[1]:g}"}
    return ""


def load_piece(
    schedule: queue.Schedule, done: Sequence[datetime], planned: Sequence[datetime], look: Looker
) -> dict[str, object]:
    """Return my day by hours: what was done and what is planned."""
    hours = queue.my_day_load(schedule, done=done, planned=planned, now=look.now)
    facts = _("done %(done)s, by time %(planned)s more") % {"done": len(done), "planned": len(planned)}
    return {
        "facts": facts,
        "hours": [(one.hour, one.done, one.planned) for one in hours],
        "now": next((one.hour for one in hours if one.is_now), None),
    }


def press_pieces(
    buttons: Buttons, deal: Deal, actor: Actor, needed: Mapping[str, int] | None = None
) -> list[pieces.Press]:
    """Return the buttons of the bar; each carries the id of its press, so that a double click has one effect.

    `needed` says by key of a button how many demanded fields stand empty: such a press asks for them first.
    """
    if deal.open_task_id is None:
        return []
    found = []
    for one in usable(buttons, actor):
        owes = (needed or {}).get(one.key, 0)
        asks = asks_first(one) or owes > 0
        ask = seen_address("deals:press-ask", deal, one.key)
        found.append(
            pieces.Press(
                name=one.label,
                icon=one.icon,
                then=words.owes_words(owes) or words.button_then(one, deal, actor),
                kind="next" if one.is_next else {"gain": "gain", "late": "late"}.get(one.colour, ""),
                key=str(one.hotkey),
                do="" if asks else reverse("deals:press", args=[deal.public_id, one.key]),
                ask=ask if asks else "",
                menu=seen_address("deals:press-menu", deal, one.key) if len(one.outcomes) > 1 else "",
                hidden=press_fields(deal),
            )
        )
    return found


def usable(buttons: Buttons, actor: Actor) -> list[Button]:
    """Return the buttons with the outcomes that the actor's role uses."""
    if not actor.unused:
        return list(buttons.buttons)
    narrowed = [
        one.model_copy(
            update={"outcomes": [out for out in one.outcomes if modules.uses(actor, f"press:{out.result}")]}
        )
        for one in buttons.buttons
    ]
    return [one for one in narrowed if one.outcomes]


def press_fields(deal: Deal) -> dict[str, str]:
    """Return what a press carries unseen: its own id, and the step that the page shows."""
    return {"request_id": str(uuid.uuid4()), "seen_task": str(deal.open_task_id or "")}


def seen_address(name: str, deal: Deal, button: str, **more: str) -> str:
    """Return the address of a question about a button; it names the step that the page shows, as a press does."""
    query = urlencode({**more, "seen_task": str(deal.open_task_id or "")})
    return f"{reverse(name, args=[deal.public_id, button])}?{query}"


def seen_task(values: Mapping[str, str]) -> int | None:
    """Return the step that the page showed, as the form or the address names it; None when it names none."""
    text = values.get("seen_task", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


ASKING_STEPS = frozenset({"deals.mark_paid", "deals.ask"})


def asks_first(button: Button) -> bool:
    """Tell whether a plain press has to ask something: then the screen asks at once, without a vain press."""
    for step in button.outcomes[0].steps:
        kind = step.get("kind")
        if kind in ASKING_STEPS or (kind == "deals.set_task" and step.get("when", "asked") == "asked"):
            return True
        if kind == "deals.mark_refused" and not step.get("reason"):
            return True
        if kind == "deals.assign" and step.get("employee") == "ask":
            return True
    return False


def feed_piece(deal: Deal, look: Looker, tab: str = "", before: int | None = None) -> dict[str, object]:
    """Return a page of the client's timeline with its tabs."""
    page, counts = timeline.read_with_counts(deal.client_id, actor=look.actor, now=look.now, tab=tab, before=before)
    address = reverse("deals:feed", args=[deal.public_id])
    tabs = [pieces.Tab(_("All"), address, None, active=not tab)]
    tabs += [
        pieces.Tab(str(title), f"{address}?tab={code}", counts[code], active=code == tab)
        for code, title in timeline.tabs().items()
        if counts.get(code)
    ]
    more = f"{address}?tab={tab}&before={page.before}" if page.before else ""
    return {"days": page.days, "tabs": tabs, "more_url": more}
