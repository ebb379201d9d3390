"""Tests of arms for tests, made by the verbs of the product."""

from datetime import datetime
from decimal import Decimal

from voronka.kit.actors import Actor
from voronka.trials import services
from voronka.trials.models import Trial


def make_trial(actor: Actor, *, now: datetime, kind: str = "widget", subject_id: int = 1, **more: object) -> Trial:
    """Make a test of two arms and start it; `more` are further fields of TrialDraft."""
    arms = (services.ArmDraft("Скидка 5 %"), services.ArmDraft("Подарок"))
    known: dict[str, object] = {"name": "Окно у корзины", "arms": arms, "planned": 2_000, **more}
    draft = services.TrialDraft(kind=kind, subject_id=subject_id, **known)  # type: ignore[arg-type]  # a test's own fields
    row = services.make_trial(actor=actor, draft=draft, now=now)
    return services.start(actor=actor, public_id=row.public_id, now=now)


def show(row: Trial, counts: dict[int, tuple[int, int, Decimal]], *, now: datetime, first: int = 0) -> None:
    """Show arms to people: by arm how many, how many of them buy, at which price (the second half at twice it)."""
    for arm, (shown, buyers, price) in counts.items():
        units = [f"visitor:{row.pk}-{first + arm * 100_000 + n}" for n in range(shown)]
        services.note_shown(row.kind, row.subject_id, [services.Shown(one, arm) for one in units], now=now)
        for n, unit in enumerate(units[:buyers]):
            money = price * (1 + n % 2)
            services.note_gain(key=f"order:{row.pk}:{unit}", money=money, at=now, now=now, unit=unit)
