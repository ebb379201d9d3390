"""The page of a day that is done: how it went, and what tomorrow begins with."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.accounts.queries import get_company_rules
from voronka.deals.models import Press
from voronka.deals.queries import desk as queries
from voronka.deals.views import words
from voronka.deals.views.desk import Looker, queue_piece
from voronka.kit import pieces, wording
from voronka.kit.actors import Actor
from voronka.people import queries as people
from voronka.work import queries as queue

DUSK = timedelta(hours=1)


def day_done_context(look: Looker) -> dict[str, object]:
    """Return everything the page of a finished day shows."""
    actor, now = look.actor, look.now
    presses = queries.presses_today(actor, now=now)
    payments = queries.payments_today(actor, now=now)
    schedule = look.schedule
    figures = look.figures(client_id=None)
    day = queries.count_day(figures, len(presses))
    return {
        "done": day.done,
        "lead": " ".join(part for part in (_was(presses, look), _ahead(day.left)) if part),
        **_day_ribbon(presses, payments, look),
        "stats": _day_stats([one.result for one in presses], payments, actor),
        "paid": [
            (
                f"{one.deal.title or one.deal.pipeline.name} · {wording.short_name(one.deal.client.name)}",
                words.money_words(one.deal.sum or Decimal(0), one.deal.currency, actor),
            )
            for one in payments
        ],
        "tomorrow": _tomorrow(look, schedule),
        "now": now,
        "my_zone": actor.zone.key,
        "my_place": wording.place_of(actor.zone.key, actor.language),
        **_my_clock(look, schedule),
        "queue": queue_piece(day, figures.ahead, look),
    }


def _was(presses: Sequence[Press], look: Looker) -> str:
    """Return the day in one sentence: how many clients, who was the last."""
    if not presses:
        return ""
    last = presses[-1]
    count = len({one.client_id for one in presses})
    said = ngettext("%(n)s client in the day.", "%(n)s clients in the day.", count) % {"n": count}
    name = people.client_names([last.client_id], look.actor).get(last.client_id, "")
    at = wording.clock(last.at, look.actor.zone.key)
    return f"{said} " + _("The last one: %(name)s, %(at)s.") % {"name": wording.short_name(name), "at": at}


def _ahead(left: int) -> str:
    """Return whether somebody still waits for his hours."""
    if not left:
        return _("Nobody is waiting. New requests will appear here by themselves.")
    return ngettext(
        "%(n)s client waits for his calling hours: the feed will give him when they open.",
        "%(n)s clients wait for their calling hours: the feed will give them when they open.",
        left,
    ) % {"n": left}


def _my_clock(look: Looker, schedule: queue.Schedule) -> dict[str, str]:
    """Return the sky of my own clock, and how long the working day still is."""
    ends = schedule.ends_at(look.now)
    if ends is None:
        return {"my_sky": "night", "my_until": _("The working day is over")}
    left = ends - look.now
    said = wording.duration(max(60, left.total_seconds()), look.actor.language)
    return {
        "my_sky": "dusk" if left <= DUSK else "day",
        "my_until": _("%(time)s of the working day left") % {"time": said},
    }


def _tomorrow(look: Looker, schedule: queue.Schedule) -> dict[str, object]:
    """Return tomorrow's hours with what is planned in them, and the first three promised clients."""
    actor = look.actor
    midnight = look.now.astimezone(actor.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = midnight + timedelta(days=1), midnight + timedelta(days=2)
    promised = queue.list_promised(look.pools, start=start, end=end, most=200)
    hours = queue.my_day_load(schedule, done=[], planned=[one.ready_at for one in promised], now=start)
    rows = people.client_rows([one.client_id for one in promised[:3]])
    day = wording.day(start.date(), look.now.astimezone(actor.zone).date(), actor.language)
    count = ngettext("%(n)s task", "%(n)s tasks", len(promised)) % {"n": len(promised)}
    return {
        "facts": f"{wording.short_day(start.date(), actor.language)}, {count}",
        "title": f"{day[:1].upper()}{day[1:]}",
        "hours": [(one.hour, 0, one.planned) for one in hours],
        "first": [
            (
                wording.clock(one.ready_at, actor.zone.key),
                people.name_shown(actor, rows[one.client_id].name),
                _first_words(one, rows[one.client_id].zone, actor),
            )
            for one in promised[:3]
            if one.client_id in rows
        ],
    }


def _first_words(task: queue.Ahead, zone: str, actor: Actor) -> str:
    """Return what is promised, with the client's hour where it is another one than mine."""
    theirs = wording.clock(task.ready_at, zone)
    if theirs == wording.clock(task.ready_at, actor.zone.key):
        return task.title
    return f"{task.title} · " + _("%(time)s client's time") % {"time": theirs}


def _day_ribbon(presses: Sequence[Press], payments: Sequence[Press], look: Looker) -> dict[str, object]:
    """Return the day as it was pressed: a stroke a press, with the sums over the paid ones."""
    marks = {"no_answer": "miss", "wrong_number": "miss", "paid": "paid", "refused": "refuse", "step": "step"}
    sums = {
        one.pk: f"+{words.money_words(one.deal.sum, one.deal.currency, look.actor)}"
        for one in payments
        if one.deal.sum
    }
    local = [(one, one.at.astimezone(look.actor.zone)) for one in presses]
    hours = [at.hour for _one, at in local] or [9, 18]
    here = look.now.astimezone(look.actor.zone)
    return {
        "ribbon": [
            (at.hour * 60 + at.minute, marks.get(one.result, "talk"), sums.get(one.pk, "")) for one, at in local
        ],
        "start": min(9, *hours),
        "end": max(18, max(hours) + 1),
        "now_minute": here.hour * 60 + here.minute,
    }


def _day_stats(results: Sequence[str], payments: Sequence[Press], actor: Actor) -> list[pieces.Stat]:
    paid = sum((one.deal.sum or Decimal(0) for one in payments), Decimal(0))
    currency = payments[0].deal.currency if payments else get_company_rules().currency
    return [
        pieces.Stat(_("Processed"), str(len(results))),
        pieces.Stat(_("Talks"), str(sum(one not in {"no_answer", "wrong_number"} for one in results))),
        pieces.Stat(_("Steps forward"), str(results.count("step"))),
        pieces.Stat(
            _("Paid"), words.money_words(paid, currency, actor), _deals(len(payments)), "gain" if paid else ""
        ),
        pieces.Stat(_("Refusals"), str(results.count("refused"))),
    ]


def _deals(count: int) -> str:
    return ngettext("%(n)s deal", "%(n)s deals", count) % {"n": count} if count else ""
