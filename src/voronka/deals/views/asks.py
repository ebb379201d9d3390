"""What a press asks first: the strip of hours, a menu of reasons, or fields; nothing else on the screen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from voronka.deals.models import Deal
from voronka.deals.queries import desk as queries
from voronka.deals.queries.shown import effects_shown
from voronka.deals.rules.buttons import Button, Outcome
from voronka.deals.rules.chips import chips
from voronka.deals.rules.ladder import ARCHIVE
from voronka.deals.rules.strip import Column, ColumnKind, hour_strip, strip_days
from voronka.deals.services import pressing
from voronka.deals.services.locking import require_seen
from voronka.deals.steps.planning import minutes_in_words
from voronka.deals.views import words
from voronka.deals.views.desk import Looker, asks_first, press_fields, seen_address, seen_task
from voronka.kit import modules, pieces, wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Refusal
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.kit.steps import Ask, Effect, run_steps
from voronka.people import queries as people
from voronka.work import queries as queue
from voronka.work import services as work


@require_GET
@signed_in
def press_ask(request: HttpRequest, public_id: str, button: str) -> HttpResponse:
    """Show what a button asks before it is pressed; `outcome` names a way to end, `day` a day of the strip."""
    look = Looker(actor_of(request), datetime.now(UTC))
    prepared = pressing.prepare(
        actor=look.actor,
        deal_public_id=public_id,
        button=button,
        outcome=request.GET.get("outcome") or None,
        now=look.now,
        dry=True,
    )
    require_seen(prepared.deal, seen_task(request.GET))
    return ask_response(request, prepared, look, raw={}, problems={})


def ask_response(
    request: HttpRequest,
    prepared: pressing.Prepared,
    look: Looker,
    *,
    raw: Mapping[str, str],
    problems: Mapping[str, str],
    hint: str = "",
) -> HttpResponse:
    """Return the question of a press: a fragment into the bar, or a page for those without script.

    A press that asks nothing is told before it is made: what it would do.
    """
    deal, button, outcome = prepared.deal, prepared.button, prepared.outcome
    shared = {
        "deal": deal,
        "who": people.name_shown(look.actor, deal.client.name),
        "for": str(button.hotkey),
        "action": reverse("deals:press", args=[deal.public_id, button.key]),
        "back": reverse("deals:deal-detail", args=[deal.public_id]),
        "hidden": {**press_fields(deal), "outcome": outcome.key},
        "my_zone": look.actor.zone.key,
        "button": button,
        "commit": button.label if len(button.outcomes) == 1 else outcome.label,
    }
    asks = _in_turn(prepared, raw, problems)
    kinds = [ask.kind for ask in asks]
    if kinds == ["moment"]:
        later = {key: value for key, value in raw.items() if key != "at"}
        shared["hidden"] = {**press_fields(deal), **later, "outcome": outcome.key}
        problems = problems if raw.get("at") else {}
        template, own = "deals/ask_time.html", _strip(request, prepared, look, raw, problems)
    elif kinds and kinds[0] == "choice" and not any(ask.required for ask in asks[1:]) and not problems and not raw:
        template, own = "deals/ask_menu.html", _reasons(asks)
    else:
        shared["commit"] = _("Next") if len(asks) < len(prepared.asks) else shared["commit"]
        shown = {key: words for key, words in problems.items() if raw}
        needed = needed_words(prepared) or hint
        template, own = "deals/ask_fields.html", {"fields": _fields(asks, raw, shown, look), "hint": needed}
        if not prepared.asks:
            own["said"] = _told_before(prepared, look)
    context = {**shared, **own, "is_fragment": wants_fragment(request)}
    page = template if wants_fragment(request) else "deals/ask_page.html"
    response = render(request, page, {**context, "inner": template}, status=422 if problems and raw else 200)
    response.headers["HX-Retarget"] = "#v-ask"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _told_before(prepared: pressing.Prepared, look: Looker) -> str:
    """Return what a press that asks nothing would do, in sentences; the draft it runs on is thrown away."""
    effects = pressing.happened(run_steps(prepared.steps, prepared.context))
    said = effects_shown(look.actor, [{"code": one.code, "words": one.words} for one in effects])
    return words.sentences([one["words"] for one in said])


def _in_turn(prepared: pressing.Prepared, raw: Mapping[str, str], problems: Mapping[str, str]) -> Sequence[Ask]:
    """Return the questions to show now: empty fields come first, a moment is picked on its strip after them."""
    asks = prepared.asks
    moments = [ask for ask in asks if ask.kind == "moment"]
    if not moments or len(moments) == len(asks) or not prepared.needs:
        return asks
    fields = [ask for ask in asks if ask.kind != "moment"]
    answered = bool(raw) and not any(ask.key in problems for ask in fields)
    return moments if answered else fields


def needed_words(prepared: pressing.Prepared) -> str:
    """Return why the press asks for fields that its button itself does not."""
    if not prepared.needs:
        return ""
    return _("Without these the deal does not go on: so the stages are set up.")


def _strip(
    request: HttpRequest,
    prepared: pressing.Prepared,
    look: Looker,
    raw: Mapping[str, str],
    problems: Mapping[str, str],
) -> dict[str, object]:
    deal, actor, now = prepared.deal, look.actor, look.now
    hours, ask = prepared.draft.hours, prepared.asks[0]
    schedule = queue.schedule_of(actor.employee_id, actor.zone.key)
    team = request.GET.get("load") == "team" and work.may_see_load(actor)
    start, end = now - timedelta(hours=1), now + timedelta(days=9)
    heads, load = 1, queue.load_by_quarters(actor.person_id, start=start, end=end)
    if team:
        heads, load = queue.team_load_by_quarters(actor, start=start, end=end)
    zone, mine = deal.client.zone, actor.zone.key
    day = _day(request.GET.get("day", ""))
    found = hour_strip(now, zone, mine, hours.window, schedule, load, day=day)
    shown = {"load": "team"} if team else {}
    switched = {} if team else {"load": "team"}
    chosen = {"day": day.isoformat()} if day else {}
    key, ending = prepared.button.key, prepared.outcome.key
    address = seen_address("deals:press-ask", deal, key, outcome=ending, **shown)
    other = seen_address("deals:press-ask", deal, key, outcome=ending, **switched, **chosen)
    offered = chips(now, zone, mine, hours.window, schedule, load)
    likely = _likely(found, now)
    picked = likely.pick if likely is not None else None
    return {
        "title": ask.label,
        "hint": _("by the client's clock, %(place)s") % {"place": wording.place_of(zone, actor.language)},
        "zone": zone,
        "chips": [pieces.Quick(one.at.isoformat(), *words.chip_words(one, actor, now=now)) for one in offered],
        "days": [
            pieces.StripDay(
                wording.short_day(one.day, actor.language),
                str(one.day.day),
                one.load,
                "on" if one.day == (day or now.astimezone(ZoneInfo(zone)).date()) else "off" if one.is_off else "",
                f"{address}&day={one.day.isoformat()}",
            )
            for one in strip_days(now, zone, hours.window, schedule, load)
        ],
        "hours": _columns(found, likely, look, zone, heads),
        "whose": _("the team's tasks") if team else "",
        "whose_url": other if work.may_see_load(actor) else "",
        "say_full": _("The team has {n} tasks then.") if team else "",
        "say_free": _("The team is free then.") if team else "",
        "phrase": raw.get("at", "") if problems else "",
        "phrase_why": problems.get("at", ""),
        "phrase_url": reverse("deals:phrase", args=[deal.public_id]),
        "picked": picked.isoformat() if picked is not None else "",
        "result": words.moment_result(picked, zone, actor, now=now) if picked is not None else "",
        "rest": words.load_words(likely.load, team=team) if likely is not None else "",
        "commit": _("Set for %(time)s") % {"time": wording.clock(picked, zone)} if picked is not None else _("Set"),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _likely(found: Sequence[Column], now: datetime) -> Column | None:
    """Return the hour the needle stands at first: the first free one that does not begin this very half-hour."""
    free = [one for one in found if one.pick is not None and one.kind == ColumnKind.FREE]
    later = (one for one in free if one.pick is not None and one.pick >= now + timedelta(minutes=30))
    return next(later, free[0] if free else None)


def _columns(
    found: Sequence[Column], likely: Column | None, look: Looker, zone: str, heads: int
) -> list[pieces.StripHour]:
    """Return the hours of the strip as pieces: labels once per run of closed hours, the likely one picked."""
    shown: list[pieces.StripHour] = []
    last_kind = ColumnKind.FREE
    language = look.actor.language
    for one in found:
        today = look.now.astimezone(one.client.tzinfo).date()
        picks = one is likely
        says = {ColumnKind.QUIET: _("no calls"), ColumnKind.OFF: _("you are not at work")}
        if one.is_by_day:
            says[ColumnKind.NIGHT] = _("no calls")
        shown.append(
            pieces.StripHour(
                client=str(one.client.hour),
                mine=str(one.mine.hour),
                at=(one.pick or one.start).isoformat(),
                tasks=one.load,
                a_head=-(-one.load // heads),
                kind=str(one.kind),
                first=_first(one, today, language),
                say=says.get(one.kind, "") if one.kind != last_kind else "",
                text=f"{one.client.hour}\u2013{one.client_end.hour}" if one.kind == ColumnKind.NIGHT else "",
                day=wording.day(one.client.date(), today, language).capitalize(),
                pick=wording.clock(one.pick, zone) if picks and one.pick is not None else "",
            )
        )
        last_kind = one.kind
    return shown


def _first(column: Column, today: date, language: str) -> str:
    if column.first_of is None:
        return ""
    day = wording.day(column.first_of, today, language)
    return f"{day[:1].upper()}{day[1:]}, {wording.short_day(column.first_of, language)} {column.first_of.day}"


def _reasons(asks: Sequence[Ask]) -> dict[str, object]:
    ask = asks[0]
    choices = [pieces.Choice(label, "", value, is_first=at == 0) for at, (value, label) in enumerate(ask.options)]
    return {"title": ask.label, "choices": choices, "field": ask.key, "extra": asks[1:]}


def _plain(amount: Decimal) -> Decimal | int:
    """Drop hundredths that are none."""
    return int(amount) if amount == amount.to_integral_value() else amount


INPUT_TYPES: Mapping[str, str] = {
    "money": "text", "date": "date", "choice": "select", "choices": "choices", "person": "select", "text": "textarea",
    "yes_no": "checkbox", "link": "url", "file": "file",
}  # fmt: skip


def input_of(ask: Ask, value: str, error: str, *, name: str = "", label: str = "") -> dict[str, object]:
    """Return the input that takes the answer to a question, for deals/ask_input.html."""
    is_choice = ask.kind == "yes_no" and ask.options
    return {
        "name": name or ask.key,
        "label": label or ask.label,
        "type": "select" if is_choice else INPUT_TYPES.get(ask.kind, "text"),
        "value": value,
        "ticked": value.split("\n") if ask.kind == "choices" else [],
        "choices": list(ask.options)
        if ask.kind == "choices" or (ask.required and value)
        else [("", "—"), *ask.options],
        "error": error,
        "help": ask.hint,
        "required": ask.required and ask.kind != "choices",
        "is_number": ask.kind in {"money", "number"},
    }


def _fields(
    asks: Sequence[Ask], raw: Mapping[str, str], problems: Mapping[str, str], look: Looker
) -> list[dict[str, object]]:
    shown = []
    for ask in asks:
        value = raw.get(ask.key, "")
        if not value and ask.default is not None:
            value = (
                wording.number(_plain(ask.default), look.actor.language)
                if isinstance(ask.default, Decimal)
                else str(ask.default)
            )
        label = ask.label if ask.required else _("%(name)s (may be skipped)") % {"name": ask.label}
        shown.append(input_of(ask, value, problems.get(ask.key, ""), label=label))
    return shown


@require_GET
@signed_in
def press_menu(request: HttpRequest, public_id: str, button: str) -> HttpResponse:
    """Show the ways a press can end, each with what would happen."""
    look = Looker(actor_of(request), datetime.now(UTC))
    deal = queries.get_deal(look.actor, public_id)
    require_seen(deal, seen_task(request.GET))
    found = queries.live_buttons(deal.stage_id).button(button)
    if found is None:
        raise Conflict(_("This button has been changed meanwhile. Here is the card anew."), code="button_gone")
    used = [one for one in found.outcomes if modules.uses(look.actor, f"press:{one.result}")]
    context = {
        "deal": deal,
        "who": deal.client.name,
        "button": found,
        "for": str(found.hotkey),
        "action": reverse("deals:press", args=[public_id, button]),
        "back": reverse("deals:deal-detail", args=[public_id]),
        "hidden": press_fields(deal),
        "choices": [_choice(deal, found, one, look, at == 0) for at, one in enumerate(used)],
        **_ladder(deal, found),
    }
    page = "deals/ask_outcomes.html" if wants_fragment(request) else "deals/ask_page.html"
    return render(request, page, {**context, "inner": "deals/ask_outcomes.html"})


def _choice(deal: Deal, button: Button, outcome: Outcome, look: Looker, is_first: bool) -> pieces.Choice:
    """Return one row of the menu; an outcome that asks something leads to its question."""
    single = Button(key=button.key, label=button.label, hotkey=button.hotkey, outcomes=[outcome])
    if asks_first(single):
        address = seen_address("deals:press-ask", deal, button.key, outcome=outcome.key)
        return pieces.Choice(outcome.label, words.button_then(single, deal, look.actor), "", address, is_first)
    effects: list[Effect] = []
    try:
        fresh = queries.get_deal(look.actor, deal.public_id)
        effects = pressing.dry_run(actor=look.actor, deal=fresh, outcome=outcome, answers={}, now=look.now)
    except Refusal:
        effects = []
    return pieces.Choice(
        outcome.label, _then(shown_effects(effects, look.actor), deal, look), outcome.key, is_first=is_first
    )


def shown_effects(effects: Sequence[Effect], actor: Actor) -> list[Effect]:
    """Return the effects with the words that the actor may read."""
    if not actor.limits:
        return list(effects)
    kept = [(one, effects_shown(actor, [{"code": one.code, "words": one.words}])) for one in effects]
    return [replace(one, words=seen[0]["words"]) for one, seen in kept if seen]


def _then(effects: Sequence[Effect], deal: Deal, look: Looker) -> str:
    """Return what an outcome will do in a few words: the moment of its task, else its first effect."""
    happens = [one for one in effects if one.happens]
    task = next((one for one in happens if one.code == "task" and one.at is not None), None)
    if task is not None and task.at is not None:
        return wording.two_clocks(task.at, deal.client.zone, look.actor.zone.key, look.now, look.actor.language)
    return happens[0].words if happens else ""


def _ladder(deal: Deal, button: Button) -> dict[str, object]:
    steps = {step.get("kind"): step for step in button.outcomes[0].steps}
    if "deals.miss_ladder" not in steps:
        return {"rungs": [], "rung": 0, "count": "", "foot": ""}
    rungs = steps["deals.miss_ladder"].get("rungs") or [5, 30, 180, 1440, ARCHIVE]
    names = [_("archive") if rung == ARCHIVE else minutes_in_words(rung) for rung in rungs]
    at = min(deal.misses, len(rungs) - 1)
    count = ngettext("try %(n)s of %(all)s", "try %(n)s of %(all)s", len(rungs)) % {"n": at + 1, "all": len(rungs)}
    return {"rungs": names, "rung": at, "count": count, "foot": _("a talk sets the count to zero")}
