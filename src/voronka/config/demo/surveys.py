"""The demo company's surveys: the one after an order at work, with what clients answered these weeks."""

import random
from datetime import datetime, timedelta

from voronka.care import services
from voronka.care.models import Invitation
from voronka.care.queries.surveys import version_of
from voronka.care.rules import questions as rules
from voronka.kit.actors import Actor
from voronka.orders.models import Order

ASKED, LATELY = 40, timedelta(days=28)
RATINGS = (5, 5, 5, 5, 4, 4, 4, 3, 2)
BAD = ("Обещали к обеду, привезли вечером.", "На фасаде царапина, жду замену.")
GOOD = ("Спасибо сборщикам, всё чисто и быстро.", "Кухня как на картинке!", "Удобно, что писали о каждом шаге.")


def fill_surveys(*, actor: Actor, now: datetime, chance: random.Random) -> None:
    """Switch the survey of delivered orders on, and let clients of the last weeks answer; two badly, today."""
    made = {one.moment: one for one in services.add_ready(actor=actor, now=now - LATELY)}
    for moment in ("delivered", "left"):
        services.switch_survey(actor=actor, public_id=made[moment].public_id, is_on=True, now=now - LATELY)
    survey = made["delivered"]
    version = version_of(survey)
    asked = rules.read(version.questions)
    rows = Order.objects.filter(delivered_at__gte=now - LATELY, delivered_at__lt=now - timedelta(days=3))
    orders = list(rows.select_related("client").order_by("client_id", "-id").distinct("client_id")[:ASKED])
    late = 2  # bad ratings of today: their tasks are to be done
    for order in sorted(orders, key=lambda one: one.delivered_at or now):
        at = (order.delivered_at or now) + timedelta(days=2)
        row = Invitation.objects.create(
            survey=survey, version=version, client=order.client, subject_kind="order", subject_id=order.pk,
            manager_id=order.client.responsible_id, state="asked", channel="email", due_at=at, asked_at=at, made_at=at,
        )  # fmt: skip
        rating = chance.choice(RATINGS)
        if chance.random() > 0.55 or (rules.is_bad(rating, version.bad_upto) and not late):
            continue
        is_bad = rules.is_bad(rating, version.bad_upto)
        late -= is_bad
        pressed = now - timedelta(hours=1 + late) if is_bad else min(at + timedelta(hours=chance.randint(1, 20)), now)
        answers: dict[str, list[str]] = {}
        for one in rules.fitting(asked, rating, version.bad_upto):
            if one.kind == "text" and chance.random() < 0.4:
                answers[one.key] = [chance.choice(BAD if is_bad else GOOD)]
            elif one.kind != "text":
                answers[one.key] = [str(chance.randrange(len(one.options)))]
        services.respond(row.pk, now=pressed, rating=rating, answers=answers)
