"""Where deals are lost: the column beside the funnel about one of its stages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.audience.queries import figures
from voronka.audience.queries.funnel import Funnel
from voronka.audience.rules import pictures
from voronka.audience.views import words
from voronka.audience.views.asking import Ask
from voronka.audience.views.pieces import behind_address
from voronka.deals.queries import reports as deals
from voronka.kit import wording

REASONS, HOLDERS, DEAREST = 8, 6, 4
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why deals were lost: how many now and before, as ticks."""

    name: str
    count: int
    was: str
    ticks: pictures.Ticks
    url: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has deals in the stage now: for how long half of them stand there, against the norm."""

    name: str
    time: str
    count: str
    ticks: pictures.Ticks
    url: str


@dataclass(frozen=True, slots=True)
class DearLine:
    """A dear deal that was lost; without an address it may not be opened."""

    client: str
    sum: str
    why: str
    who: str
    url: str


@dataclass(frozen=True, slots=True)
class Losses:
    """What the column says of a stage."""

    stage: str
    count: int
    head: str
    sum: str
    reasons: Sequence[Reason]
    is_compared: bool
    holders: Sequence[Holder]
    holders_head: str
    advice: str
    advice_url: str
    dearest: Sequence[DearLine]
    all_url: str
    all_words: str


def losses_of(ask: Ask, found: Funnel, pipeline_id: int) -> Losses:
    """Return the losses of the chosen stage of a funnel, and who holds deals in it now."""
    stage, step = found.stages[found.chosen], found.now[found.chosen]
    asked = ask.figures(pipeline_id)
    names = deals.loss_reason_names()
    standing = figures.list_standing(asked, stage.stage_id, now=ask.now)
    holders = _holders(ask, standing, stage.norm_days or 0, stage.public_id)
    advice, advice_url = _advice(ask, standing, stage.norm_days or 0, stage.public_id, stage.name)
    head = ngettext("%(n)s deal left", "%(n)s deals left", step.lost) % {"n": words.count(step.lost)}
    return Losses(
        stage=stage.name,
        count=step.lost,
        head=head if step.lost else _("Nobody left"),
        sum=ask.money(step.lost_sum) if step.lost_sum else "",
        reasons=_reasons(ask, found, names),
        is_compared=found.was[0].reached > 0,
        holders=holders,
        holders_head=_norm_words(stage.norm_days),
        advice=advice,
        advice_url=advice_url,
        dearest=_dearest(ask, figures.list_dearest(asked, stage.stage_id, most=DEAREST), names),
        all_url=behind_address(ask, "gone", stage=stage.public_id, view="") if step.lost else "",
        all_words=_("all %(n)s") % {"n": words.count(step.lost)},
    )


def _norm_words(days: int | None) -> str:
    if not days:
        return _("half of them for longer")
    return ngettext("norm %(n)s day", "norm %(n)s days", days) % {"n": days}


def reason_words(code: str, names: dict[str, str]) -> str:
    """Say a reason; without one the deal went to the archive."""
    return names.get(code, code) if code else _("To the archive, without a result")


def _reasons(ask: Ask, found: Funnel, names: dict[str, str]) -> list[Reason]:
    stage = found.stages[found.chosen]
    counts = {code: both for (stage_id, code), both in found.reasons.items() if stage_id == stage.stage_id}
    rows = sorted(counts.items(), key=lambda one: (-one[1][0], -one[1][1], one[0]))[:REASONS]
    most = max([max(both) for both in counts.values()] or [1])
    return [
        Reason(
            reason_words(code, names),
            now,
            _("before: %(n)s") % {"n": words.count(was)},
            pictures.ticks(now, was if found.was[0].reached else now, most, 132),
            behind_address(ask, "gone", stage=stage.public_id, reason=code or "archived", view="") if now else "",
        )
        for code, (now, was) in rows
    ]


def _holders(ask: Ask, standing: Sequence[figures.Standing], norm: int, stage: str) -> list[Holder]:
    shown = standing[:HOLDERS]
    longest = max([one.median / DAY for one in shown] or [1.0])
    return [
        Holder(
            ask.scope.name_of(one.employee_id) or _("Common pool"),
            words.span(one.median),
            ngettext("%(n)s deal", "%(n)s deals", one.count) % {"n": words.count(one.count)},
            pictures.ticks(
                one.median / DAY * 2, (norm or longest) * 2, max(longest, norm) * 2, 96, height=12, gap=6.4
            ),
            _deals_address(ask, stage, one.employee_id),
        )
        for one in shown
    ]


def _deals_address(ask: Ask, stage: str, employee_id: int | None) -> str:
    person = next((one.public_id for one in ask.scope.people if one.employee_id == employee_id), "pool")
    return f"{reverse('deals:deal-list')}?stage={stage}&responsible={person}"


def _advice(ask: Ask, standing: Sequence[figures.Standing], norm: int, stage: str, name: str) -> tuple[str, str]:
    """Name who holds most deals for longer than the norm: there is where to begin."""
    slow = [one for one in standing if one.employee_id is not None and norm and one.median > norm * DAY]
    if not slow:
        return "", ""
    worst = max(slow, key=lambda one: one.count * one.median)
    said = ngettext(
        "%(who)s: %(n)s open deal at “%(stage)s”, half of them for longer than %(time)s.",
        "%(who)s: %(n)s open deals at “%(stage)s”, half of them for longer than %(time)s.",
        worst.count,
    )
    words_of = {
        "who": wording.short_name(ask.scope.name_of(worst.employee_id)),
        "n": words.count(worst.count),
        "stage": name,
        "time": words.span(worst.median),
    }
    return said % words_of, _deals_address(ask, stage, worst.employee_id)


def _dearest(ask: Ask, dear: Sequence[figures.Dear], names: dict[str, str]) -> list[DearLine]:
    cards = deals.cards_of(ask.actor, [one.deal_id for one in dear])
    lines = []
    for one in dear:
        card = cards.get(one.deal_id)
        lines.append(
            DearLine(
                card.client if card else _("A deal you may not open"),
                wording.money(round(one.sum), one.currency, words.lang()) if one.sum else wording.DASH,
                f"{reason_words(one.reason, names)}, {words.span(one.seconds)}"
                if one.seconds
                else reason_words(one.reason, names),
                wording.short_name(ask.scope.name_of(one.closed_by)),
                reverse("deals:deal-detail", args=[card.public_id]) if card else "",
            )
        )
    return lines
