"""Promos for tests, made by the verbs themselves."""

from datetime import datetime
from decimal import Decimal

from voronka.kit.actors import Actor
from voronka.loyalty import services
from voronka.loyalty.models import Promo


def make_promo(
    actor: Actor, code: str = "ЛЕТО2026", amount: Decimal | int | str = 10, *, now: datetime, **more: object
) -> Promo:
    """Make a promo with a shared code; `more` are further fields of PromoDraft."""
    draft = services.PromoDraft(name="Лето", code=code, amount=Decimal(amount), **more)  # type: ignore[arg-type]  # as the draft takes them
    return services.save_promo(actor=actor, draft=draft, now=now)


def make_batch(actor: Actor, count: int = 3, *, now: datetime, amount: int = 500, **more: object) -> list[str]:
    """Make a promo of codes for single use; return them."""
    draft = services.PromoDraft(name="Подарок", is_batch=True, is_percent=False, amount=Decimal(amount), **more)  # type: ignore[arg-type]  # as the draft takes them
    row = services.save_promo(actor=actor, draft=draft, now=now)
    return [one.code for one in services.make_codes(actor=actor, public_id=row.public_id, count=count, now=now)]
