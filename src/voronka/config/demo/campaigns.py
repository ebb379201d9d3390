"""Campaigns of the demo company: one that has gone, with two texts side by side, and one being prepared."""

from datetime import datetime, timedelta

from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.messaging import services as messaging
from voronka.messaging.events import MessageAccepted, MessageFailed, MessageHanded
from voronka.messaging.models import Campaign, Message, MessageStep
from voronka.messaging.rules.states import STILL
from voronka.messaging.services import campaigns
from voronka.messaging.services.campaigns import CampaignDraft, Gain, VariantDraft
from voronka.messaging.services.comparing import note_handed
from voronka.orders import queries as orders
from voronka.orders.models import Order
from voronka.trials import services as trials

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
_AGO = timedelta(days=20)


def fill_campaigns(*, actor: Actor, now: datetime) -> None:
    """Send a campaign three weeks ago, by day and to those who were clients then, and leave another one as a draft."""
    made = [
        messaging.save_template(actor=actor, name=name, subject=subject, body=body) for name, subject, body in _TEXTS
    ]
    texts = [VariantDraft(one.public_id, 50) for one in made]
    went = (now - _AGO).astimezone(actor.zone).replace(hour=11, minute=5)
    known = f"f.made_at=..{went - timedelta(days=1):%d.%m.%Y}"
    sent = campaigns.save_campaign(
        actor=actor, draft=CampaignDraft("Осенние скидки", "email", texts, query=known, window_days=30), now=went
    )
    campaigns.start(actor=actor, public_id=sent.public_id, now=went)
    campaigns.look(now=went)
    _arrive(sent, went)
    for order in Order.objects.filter(made_at__gt=went).exclude(phase="cancelled").order_by("id"):
        gain = Gain(("order", order.pk), order.client_id, order.total, order.made_at, order.currency)
        campaigns.attribute(gain)
        # The past wakes no listener: what the orders are worth to the test of the two texts is told here.
        worth = orders.worth_of(order.pk)
        if worth is not None:
            trials.note_gain(
                key=f"order:{order.pk}", money=worth.worth, at=worth.at, client_id=worth.client_id,
                currency=worth.currency, now=now,
            )  # fmt: skip
    draft = CampaignDraft("Возвращаем тех, кто молчит", "email", texts[:1], way="clock",
                          on_day=(now + timedelta(days=3)).date(), minute=11 * 60, a_minute=600)  # fmt: skip
    campaigns.save_campaign(actor=actor, draft=draft, now=now)


def _arrive(row: Campaign, went: datetime) -> None:
    """Let the letters of a campaign have gone: all are taken, every fiftieth came back later."""
    rows = Message.objects.filter(cause_kind="campaign", cause_id=row.pk, state__in=STILL)
    gone = list(rows.order_by("id").values_list("id", "client_id"))
    at, back = went + timedelta(minutes=2), went + timedelta(minutes=5)
    rows.update(state="accepted", code="", provider="smtp", handed_at=at)
    note_handed(list(rows.model.objects.filter(pk__in=[pk for pk, _client in gone])), now=at)
    returned = gone[::50]
    ids = [pk for pk, _client in returned]
    Message.objects.filter(pk__in=ids).update(state="failed", code="returned", ended_at=back)
    steps = [MessageStep(message_id=pk, state=one, at=at) for pk, _client in gone for one in ("handed", "accepted")]
    steps += [MessageStep(message_id=pk, state="failed", code="returned", at=back) for pk in ids]
    MessageStep.objects.bulk_create(steps)
    for kind in (MessageHanded, MessageAccepted):
        publish(*(kind(message_id=pk, client_id=client, channel="email") for pk, client in gone), at=at)
    publish(
        *(MessageFailed(message_id=pk, client_id=who, channel="email", code="returned") for pk, who in returned),
        at=back,
    )
    Campaign.objects.filter(pk=row.pk).update(state="done", ended_at=at + timedelta(minutes=1))
