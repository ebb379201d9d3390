"""Requisites, papers and money for tests, made by the verbs of the product."""

from datetime import UTC, date, datetime
from decimal import Decimal

from voronka.billing import services
from voronka.billing.models import Account, Document, Payment, Requisites
from voronka.kit.actors import Actor

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
OWN_INN, OWN_BIK, OWN_ACCOUNT = "7707083893", "044525225", "40702810438000060473"


def make_requisites(actor: Actor, name: str = "ООО «Ладная кухня»", *, vat: str = "main") -> Requisites:
    """Make own requisites with a bank account."""
    texts = {
        "name": name,
        "inn": OWN_INN,
        "kpp": "773601001",
        "director": "Ладный К. С.",
        "accountant": "Белова З. И.",
    }
    own = services.save_requisites(actor=actor, draft=services.RequisitesDraft(texts=texts, vat=vat))
    make_account(actor, own)
    return own


def make_account(actor: Actor, own: Requisites, *, number: str = OWN_ACCOUNT) -> Account:
    """Make a bank account of own requisites."""
    return services.save_account(
        actor=actor, requisites_id=own.public_id, bank="ПАО Сбербанк", bik=OWN_BIK, number=number, corr_account=""
    )


def make_invoice(
    actor: Actor, amount: str = "118000", *, client_id: int | None = None, day: date = DAY, kind: str = "invoice",
    now: datetime = NOW, **more: object,
) -> Document:  # fmt: skip
    """Issue a paper of one line."""
    line = services.LineDraft(name="Кухня «Лофт»", price=Decimal(amount))
    draft = services.DocumentDraft(kind=kind, day=day, lines=[line], client_id=client_id, **more)  # type: ignore[arg-type]  # tests' own
    return services.issue_new(actor=actor, draft=draft, now=now)


def make_payment(actor: Actor, amount: str = "118000", **more: object) -> Payment:
    """Enter money by hand."""
    draft = services.PaymentDraft(day=DAY, amount=Decimal(amount), **more)  # type: ignore[arg-type]  # tests' own
    return services.record_payment(actor=actor, draft=draft, now=NOW)
