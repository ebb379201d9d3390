"""Webhooks and their log."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from voronka.connect.models import Webhook, WebhookAttempt, WebhookDelivery
from voronka.connect.permissions import MANAGE_WEBHOOKS
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound


def list_webhooks(actor: Actor) -> list[Webhook]:
    """Return the webhooks of the company, newest first. Raises Denied."""
    actor.require(MANAGE_WEBHOOKS)
    return list(Webhook.objects.order_by("-id"))


def get_webhook(actor: Actor, public_id: str) -> Webhook:
    """Return a webhook. Raises Denied, NotFound."""
    actor.require(MANAGE_WEBHOOKS)
    found = Webhook.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such webhook."))
    return found


def list_deliveries(
    webhook: Webhook, *, state: str = "", before: int | None = None, limit: int = 50
) -> list[WebhookDelivery]:
    """Return the messages of a webhook, newest first, from the id `before` on."""
    rows = WebhookDelivery.objects.filter(webhook=webhook)
    if state:
        rows = rows.filter(state=state)
    return list((rows if before is None else rows.filter(pk__lt=before)).order_by("-id")[:limit])


def get_delivery(webhook: Webhook, public_id: str) -> WebhookDelivery:
    """Return a message of a webhook. Raises NotFound."""
    found = WebhookDelivery.objects.filter(webhook=webhook, public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such delivery."))
    return found


def list_attempts(delivery: WebhookDelivery) -> list[WebhookAttempt]:
    """Return the tries of a message, oldest first."""
    return list(WebhookAttempt.objects.filter(delivery=delivery).order_by("id"))


def count_states(webhooks: Sequence[int], *, since: datetime) -> dict[int, dict[str, int]]:
    """Return how many messages of each webhook since a moment stand in which state."""
    found: dict[int, dict[str, int]] = {one: {} for one in webhooks}
    rows = WebhookDelivery.objects.filter(webhook_id__in=list(webhooks), made_at__gte=since)
    for webhook, state, count in rows.values_list("webhook_id", "state").annotate(n=Count("id")):
        found[webhook][state] = count
    return found
