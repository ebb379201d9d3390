"""The demo company's promo codes: one for all, one that is over, a batch of gifts."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from voronka.kit.actors import Actor
from voronka.loyalty import services
from voronka.loyalty.services import PromoDraft

GIFTS = 120


def make_codes(*, actor: Actor, now: datetime) -> None:
    """Make the promos that a shop has at work, with days around the moment of the start."""
    first = datetime.combine(now.astimezone(actor.zone).date(), time.min, actor.zone)
    autumn = PromoDraft(
        name="Осень в новой кухне", code="ОСЕНЬ10", amount=Decimal(10), cap=Decimal(5000), minimum=Decimal(3000),
        per_client=2, since=first - timedelta(days=20), until=first + timedelta(days=10), note="Рассылка сентября",
    )  # fmt: skip
    summer = PromoDraft(
        name="Дачный сезон", code="ДАЧА", amount=Decimal(7), since=first - timedelta(days=90),
        until=first - timedelta(days=30),
    )  # fmt: skip
    gifts = PromoDraft(
        name="Подарок за отзыв", is_batch=True, is_percent=False, amount=Decimal(500), minimum=Decimal(2500),
        with_terms=False, until=first + timedelta(days=60), note="Карточка в коробке",
    )  # fmt: skip
    for draft in (summer, autumn):
        services.save_promo(actor=actor, draft=draft, now=now)
    row = services.save_promo(actor=actor, draft=gifts, now=now)
    services.make_codes(actor=actor, public_id=row.public_id, count=GIFTS, now=now, prefix="ДАР")
