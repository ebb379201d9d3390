"""A test that runs in the demo company's shop: a fortnight of visitors who saw one of two bars, what they bought."""

import math
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import NormalDist

from voronka.kit.actors import Actor
from voronka.kit.ids import new_public_id
from voronka.site.models import Showing, Site, Visit, VisitEvent, Visitor, Widget, WidgetVariant
from voronka.site.services import gains
from voronka.site.services.ready import ready_widgets
from voronka.site.services.variants import add_variant, save_variant, start_test, unit_of
from voronka.site.services.widgets import WidgetDraft, save_widget
from voronka.trials import services as trials
from voronka.trials.models import Trial
from voronka.trials.rules.arms import arm_of

NAME = "Полоса на странице доставки"
DAYS, A_DAY = 13, 190
PART_ACTED, PART_CLOSED = {1: 0.05, 2: 0.09}, {1: 0.31, 2: 0.27}
PART_BOUGHT = {1: 0.071, 2: 0.089}
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class _Came:
    visitor: Visitor
    arm: int
    at: datetime


@dataclass(slots=True)
class _Luck:
    """Who buys, for how much: every so many-th of an arm, sums in turn from all over their spread.

    The arm of a visitor comes of random signs, so that with luck of their own one demo of twenty had its test decided
    before its owner saw it run.
    """

    due: dict[int, float] = field(default_factory=lambda: dict.fromkeys(PART_BOUGHT, 0.0))

    def of(self, came: Sequence[_Came]) -> list[tuple[_Came, float]]:
        """Return those who buy, with their money in roubles."""
        found = []
        for one in came:
            before = int(self.due[one.arm])
            self.due[one.arm] += PART_BOUGHT[one.arm]
            if (number := int(self.due[one.arm])) > before:
                # Steps of the golden ratio leave no part of the spread out for long.
                place = number * _GOLDEN % 1
                found.append((one, round(math.exp(NormalDist(9.6, 0.6).inv_cdf(place)), -2)))
        return found


def compare_bars(*, actor: Actor, site: Site, now: datetime) -> None:
    """Hang a bar on the page about delivery, tested against other words since a fortnight, if it is not there yet."""
    if WidgetVariant.objects.exists():
        return
    begun = now - timedelta(days=DAYS)
    ready = ready_widgets("ru")["bar_delivery"]
    content = {**ready.content, "text": "при заказе от 30 000 ₽", "button": "К столам", "link": "/stoly"}
    rules = {**ready.rules, "paths": ["/dostavka"]}
    draft = WidgetDraft(kind="bar", name=NAME, content=content, rules=rules, is_on=True)
    row = save_widget(actor=actor, site=site.public_id, draft=draft, now=begun)
    other = {**content, "title": "Соберём стол за час", "text": "в день доставки, бесплатно"}
    add_variant(actor=actor, public_id=row.public_id, now=begun)
    save_variant(actor=actor, public_id=row.public_id, number=2, name="Сборка", content=other, now=begun)
    start_test(actor=actor, public_id=row.public_id, shares=[1, 1], now=begun)
    trial = Trial.objects.get(kind="widget", subject_id=row.pk)
    chance, luck = random.Random(row.pk), _Luck()  # noqa: S311 - invented data
    for day in range(DAYS):
        first = begun + timedelta(days=day)
        came = _come(site, trial, first, chance)
        trials.note_shown(
            "widget", row.pk, [trials.Shown(unit_of(one.visitor.pk), one.arm) for one in came], now=first
        )
        _show(row, trial, came, chance)
        _buy(luck.of(came), chance)
        trials.judge(now=first + timedelta(hours=23), kind="widget")


def _come(site: Site, trial: Trial, first: datetime, chance: random.Random) -> list[_Came]:
    moments = sorted(first + timedelta(seconds=chance.randrange(3_600 * 22)) for _ in range(A_DAY))
    made = Visitor.objects.bulk_create(
        Visitor(public_id=new_public_id(), site=site, key=uuid.UUID(int=chance.getrandbits(128)), first_at=at)
        for at in moments
    )
    return [_Came(one, arm_of(trial.public_id, unit_of(one.pk), [1, 1]), one.first_at) for one in made]


def _show(row: Widget, trial: Trial, came: Sequence[_Came], chance: random.Random) -> None:
    signs = dict(WidgetVariant.objects.filter(widget=row, trial_id=trial.pk).values_list("number", "public_id"))
    rows = []
    for one in came:
        luck, state = chance.random(), "shown"
        if luck < PART_ACTED[one.arm]:
            state = "acted"
        elif luck < PART_ACTED[one.arm] + PART_CLOSED[one.arm]:
            state = "closed"
        ended = one.at + timedelta(seconds=chance.randrange(4, 90))
        rows.append(
            Showing(
                public_id=new_public_id(), visitor=one.visitor, widget=row, key=f"widget {row.pk} 1", state=state,
                rank=10, offered_at=one.at, shown_at=one.at, ended_at=ended, arm=signs[one.arm], page="/dostavka",
                acted_at=ended if state == "acted" else None,
            )
        )  # fmt: skip
    Showing.objects.bulk_create(rows)


def _buy(bought: Sequence[tuple[_Came, float]], chance: random.Random) -> None:
    """Let some buy within hours, as the page of thanks told: each is a visit with its purchase."""
    for one, money in bought:
        at = one.at + timedelta(minutes=chance.randrange(5, 55))
        about = {"url": "/spasibo", "sum": money, "currency": "RUB", "number": f"S-{one.visitor.pk}"}
        visit = Visit.objects.create(
            visitor=one.visitor, number=1, begun_at=one.at, last_at=at, pages=4, events=5, bought_at=at,
            page={"url": "/spasibo", "title": "Спасибо"}, head={"landing": "/dostavka", "device": "computer"},
        )  # fmt: skip
        VisitEvent.objects.create(
            visit=visit, key=uuid.UUID(int=chance.getrandbits(128)), kind="purchase", at=at, about=about
        )
        gains.tell_purchases(one.visitor, visit, now=at)
