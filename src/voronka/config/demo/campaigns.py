"""Campaigns of the demo company: one that has gone, with two texts side by side, and one being prepared."""

from datetime import datetime, timedelta

from voronka.kit.actors import Actor
from voronka.messaging import services as messaging
from voronka.messaging.models import Campaign, Message
from voronka.messaging.rules.states import STILL
from voronka.messaging.services import campaigns
from voronka.messaging.services.campaigns import CampaignDraft, Gain, VariantDraft
from voronka.orders.models import Order

_TEXTS = (
    (
        "Осень: скидка",
        "{{ client.first_name }}, минус 10 % до воскресенья",
        "Здравствуйте, {{ client.first_name }}!\n\nДо воскресенья кухни из наличия дешевле на десять процентов. "
        "Ответьте на это письмо, и мы пришлём три подходящих варианта.\n\n{{ company.name }}",
    ),
    (
        "Осень: замер в подарок",
        "{{ client.first_name }}, замер за наш счёт",
        "Здравствуйте, {{ client.first_name }}!\n\nДо воскресенья замер бесплатный, даже если вы ещё не решили. "
        "Выберите день, и мастер приедет.\n\n{{ company.name }}",
    ),
)
_AGO = timedelta(days=6)


def fill_campaigns(*, actor: Actor, now: datetime) -> None:
    """Send a campaign six days ago, and leave another one as a draft."""
    made = [
        messaging.save_template(actor=actor, name=name, subject=subject, body=body) for name, subject, body in _TEXTS
    ]
    texts = [VariantDraft(one.public_id, 50) for one in made]
    went = now - _AGO
    sent = campaigns.save_campaign(actor=actor, draft=CampaignDraft("Осенние скидки", "email", texts), now=went)
    campaigns.start(actor=actor, public_id=sent.public_id, now=went)
    campaigns.look(now=went)
    _arrive(sent, went)
    for order in Order.objects.filter(made_at__gt=went).exclude(phase="cancelled").order_by("id"):
        gain = Gain(("order", order.pk), order.client_id, order.total, order.made_at, order.currency)
        campaigns.attribute(gain)
    draft = CampaignDraft("Возвращаем тех, кто молчит", "email", texts[:1], way="clock",
                          on_day=(now + timedelta(days=3)).date(), minute=11 * 60, a_minute=600)  # fmt: skip
    campaigns.save_campaign(actor=actor, draft=draft, now=now)


def _arrive(row: Campaign, went: datetime) -> None:
    """Let the letters of a campaign have gone: most are taken, every fiftieth came back."""
    rows = Message.objects.filter(cause_kind="campaign", cause_id=row.pk, state__in=STILL)
    ids = list(rows.order_by("id").values_list("id", flat=True))
    at = went + timedelta(minutes=2)
    gone = Message.objects.filter(pk__in=ids)
    gone.update(state="accepted", code="", provider="smtp", handed_at=at)
    gone.filter(pk__in=ids[::50]).update(state="failed", code="bounce", ended_at=at + timedelta(minutes=3))
    Campaign.objects.filter(pk=row.pk).update(state="done", ended_at=at + timedelta(minutes=1))
