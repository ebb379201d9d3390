"""Addresses of keys, webhooks and the documentation. Operations of the API have a table of their own: api_table.py."""

from datetime import UTC, datetime

from isolation_table import EVERYBODY, SECRET, Row, World

from voronka.connect.models import WebhookAttempt, WebhookDelivery
from voronka.connect.rules.scopes import COMPANY_READ
from voronka.connect.services import keys, webhooks

SETS_UP = "owner"


def build(world: World) -> None:
    """Make a key, and a webhook with a message that was given up after one try."""
    now = datetime.now(UTC)
    key, _secret = keys.make_key(actor=world.owner, name=SECRET, scopes=[COMPANY_READ], days=None, now=now)
    hook = webhooks.add_webhook(
        actor=world.owner, url="https://example.com/hook", events=["deals.DealOpened"], about=SECRET, now=now
    )
    delivery = WebhookDelivery.objects.create(
        webhook=hook, message_id="msg_1", event="deals.DealOpened", body=f'{{"about": "{SECRET}"}}', state="failed",
        attempts=1, status=500, made_at=now, next_at=now, settled_at=now,
    )  # fmt: skip
    WebhookAttempt.objects.create(delivery=delivery, at=now, milliseconds=5, status=500, answer=SECRET)
    world.kept |= {"api_key": key.public_id, "webhook": hook.public_id, "delivery": delivery.public_id}


def _key(world: World) -> dict[str, str]:
    return {"public_id": world.kept["api_key"]}


def _hook(world: World) -> dict[str, str]:
    return {"public_id": world.kept["webhook"]}


def _delivery(world: World) -> dict[str, str]:
    return {"public_id": world.kept["webhook"], "delivery_id": world.kept["delivery"]}


def _new_hook(world: World) -> dict[str, object]:
    return {"url": "https://example.com/other", "events": ["people.ClientCreated"], "about": "Учёт"}


ROWS = [
    Row("connect:documentation", roles=EVERYBODY, is_open=True),
    Row("connect:nowhere", roles=EVERYBODY, answer=(404,), args=lambda w: {"rest": "v2/x"}, is_open=True),
    Row("connect:keys", roles=SETS_UP),
    Row(
        "connect:keys",
        "POST",
        roles=SETS_UP,
        data=lambda w: {"name": "Магазин", "scopes": ["clients:read"], "days": "30"},
    ),
    Row("connect:key-revoke", "POST", roles=SETS_UP, answer=(302,), args=_key),
    Row("connect:webhooks", roles=SETS_UP),
    Row("connect:webhook-add", roles=SETS_UP),
    Row("connect:webhook-add", "POST", roles=SETS_UP, data=_new_hook),
    Row("connect:webhook", roles=SETS_UP, args=_hook),
    Row("connect:webhook-edit", roles=SETS_UP, args=_hook),
    Row("connect:webhook-edit", "POST", roles=SETS_UP, answer=(302,), args=_hook, data=_new_hook),
    Row("connect:webhook-act", "POST", roles=SETS_UP, answer=(302,), args=_hook, data=lambda w: {"act": "test"}),
    Row(
        "connect:webhook-replay",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=_hook,
        data=lambda w: {"delivery": w.kept["delivery"]},
    ),
    Row("connect:delivery", roles=SETS_UP, args=_delivery),
]
