"""The demo company's money: who it is to the tax office, invoices of the last weeks, and what came for them.

The numbers of taxpayer and bank account have right control digits and belong to nobody.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from voronka.billing import services
from voronka.billing.services import DocumentDraft, LineDraft, PaymentDraft, RequisitesDraft
from voronka.config.demo import words
from voronka.deals.models import Deal
from voronka.kit.actors import Actor

INVOICES, DAYS = 24, 45
_INN, _BIK, _ACCOUNT, _CORR = "2465999999", "040407388", "40702810800000099999", "30101810000000000388"
_OFFICE = {
    "name": f"ООО «{words.COMPANY}»", "inn": _INN, "kpp": "246501001", "director": "Лаврова О. С.",
    "accountant": "Миронова Е. В.", "city": "Красноярск",
}  # fmt: skip


def write_papers(*, actor: Actor, now: datetime, chance: random.Random) -> None:
    """Issue invoices for won deals: most are paid, some in part, some are late."""
    own = services.save_requisites(actor=actor, draft=RequisitesDraft(texts=_OFFICE, vat="main"))
    account = services.save_account(
        actor=actor, requisites_id=own.public_id, bank="АО «Банк Енисейский»", bik=_BIK, number=_ACCOUNT,
        corr_account=_CORR,
    )  # fmt: skip
    won = Deal.objects.filter(state=Deal.State.WON, sum__gt=0, closed_at__gte=now - timedelta(days=DAYS))
    deals = list(won.select_related("client").order_by("-closed_at", "id")[:INVOICES])
    for number, deal in enumerate(reversed(deals), 1):
        assert deal.closed_at is not None
        assert deal.sum is not None
        at = deal.closed_at
        draft = DocumentDraft(
            "invoice", at.date(), [LineDraft(deal.title or "Мебель по проекту", price=deal.sum)],
            client_id=deal.client_id, subject=("deal", deal.pk), title=deal.title,
        )  # fmt: skip
        row = services.issue_new(actor=actor, draft=draft, now=at)
        share = chance.choice((Decimal(1), Decimal(1), Decimal(1), Decimal("0.5"), Decimal(0)))
        if share:
            amount = (row.amount * share).quantize(Decimal("0.01"))
            paid = min(at + timedelta(days=chance.randint(0, 6)), now)
            payment = PaymentDraft(
                paid.date(), amount, number=str(200 + number), name=deal.client.name, client_id=deal.client_id,
                purpose=f"Оплата по счёту № {row.number}", account_id=account.public_id,
            )  # fmt: skip
            services.record_payment(actor=actor, draft=payment, documents=[(row.public_id, amount)], now=paid)
    services.refresh_debts(None)
