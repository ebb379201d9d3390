"""Webhooks: where events go, with which secret; added, changed, paused, removed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from voronka.connect.events import WebhookChanged
from voronka.connect.models import Webhook, WebhookDelivery
from voronka.connect.permissions import MANAGE_WEBHOOKS
from voronka.connect.queries.log import log_head
from voronka.connect.rules.signing import new_secret
from voronka.connect.services import outward
from voronka.kit import outgoing
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.outgoing import addresses

WEBHOOKS_LIMIT, ABOUT_LIMIT, URL_LIMIT = 50, 200, 2_000
OVERLAP = timedelta(hours=24)


def add_webhook(*, actor: Actor, url: str, events: Sequence[str], about: str = "", now: datetime) -> Webhook:
    """Add an address that is told of these events from now on; its secret is made here. Raises Denied, Invalid."""
    actor.require(MANAGE_WEBHOOKS)
    problems: dict[str, str] = {}
    tidy = _clean(url, events, about, problems)
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    with transaction.atomic():
        if Webhook.objects.count() >= WEBHOOKS_LIMIT:
            raise Invalid(_("There are %(most)d webhooks already.") % {"most": WEBHOOKS_LIMIT})
        row = Webhook(
            url=url,
            about=tidy,
            events=sorted(set(events)),
            secret=new_secret(),
            seq=log_head(),
            maker_id=actor.employee_id,
            made_at=now,
        )
        row.save(force_insert=True)
        publish(WebhookChanged(webhook_id=row.pk, change="added"), at=now)
    return row


def change_webhook(
    *,
    actor: Actor,
    public_id: str,
    url: str | None = None,
    events: Sequence[str] | None = None,
    about: str | None = None,
    now: datetime,
) -> Webhook:
    """Change where events go, and which; what is not given stays. Raises Denied, NotFound, Invalid."""
    actor.require(MANAGE_WEBHOOKS)
    problems: dict[str, str] = {}
    with transaction.atomic():
        row = _locked(public_id)
        row.url = row.url if url is None else url
        row.events = row.events if events is None else sorted(set(events))
        row.about = _clean(row.url, row.events, row.about if about is None else about, problems)
        if problems:
            raise Invalid(_("Not saved: mend the marked places."), fields=problems)
        row.save(update_fields=["url", "events", "about"])
        publish(WebhookChanged(webhook_id=row.pk, change="changed"), at=now)
    return row


def _clean(url: str, events: Sequence[str], about: str, problems: dict[str, str]) -> str:
    if len(url) > URL_LIMIT:
        problems["url"] = _("At most %(most)d signs.") % {"most": URL_LIMIT}
    else:
        try:
            # Names are judged when they are resolved, at each sending; a number can be judged now.
            addresses.judge(
                url, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS, resolver=lambda host, port: ["1.1.1.1"]
            )
        except outgoing.OutgoingRefused as refused:
            problems["url"] = outgoing.explain(refused)
    if not events:
        problems["events"] = _("Choose at least one event.")
    elif outward.unknown_among(events):
        problems["events"] = _("There is no such event: %(names)s.") % {
            "names": ", ".join(outward.unknown_among(events)[:5])
        }
    tidy = " ".join("".join(sign if sign.isprintable() else " " for sign in about).split())
    if len(tidy) > ABOUT_LIMIT:
        problems["about"] = _("At most %(most)d signs.") % {"most": ABOUT_LIMIT}
    return tidy


def _locked(public_id: str) -> Webhook:
    row = Webhook.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such webhook."))
    return row


def rotate_secret(*, actor: Actor, public_id: str, now: datetime) -> Webhook:
    """Give a webhook a new secret; the old one signs beside it for another day. Raises Denied, NotFound."""
    actor.require(MANAGE_WEBHOOKS)
    with transaction.atomic():
        row = _locked(public_id)
        row.old_secret, row.old_secret_until, row.secret = row.secret, now + OVERLAP, new_secret()
        row.save(update_fields=["secret", "old_secret", "old_secret_until"])
        publish(WebhookChanged(webhook_id=row.pk, change="secret"), at=now)
    return row


def pause_webhook(*, actor: Actor, public_id: str, now: datetime) -> Webhook:
    """Tell the address of nothing until it is resumed; what waits is kept. Raises Denied, NotFound, Conflict."""
    actor.require(MANAGE_WEBHOOKS)
    with transaction.atomic():
        row = _locked(public_id)
        if row.state == Webhook.State.ACTIVE:
            row.state = Webhook.State.PAUSED
            row.save(update_fields=["state"])
            publish(WebhookChanged(webhook_id=row.pk, change="paused"), at=now)
        elif row.state != Webhook.State.PAUSED:
            raise Conflict(_("This webhook gets nothing already: it has failed for too long."), code="webhook_off")
    return row


def resume_webhook(*, actor: Actor, public_id: str, now: datetime, catch_up: bool = False) -> Webhook:
    """Tell the address again; with `catch_up` also of what happened meanwhile. Raises Denied, NotFound."""
    actor.require(MANAGE_WEBHOOKS)
    with transaction.atomic():
        row = _locked(public_id)
        if row.state != Webhook.State.ACTIVE:
            row.state, row.failing_since = Webhook.State.ACTIVE, None
            if not catch_up:
                row.seq = log_head()
            row.save(update_fields=["state", "failing_since", "seq"])
            waiting = WebhookDelivery.objects.filter(webhook=row, state=WebhookDelivery.State.WAITING)
            waiting.filter(next_at__gt=now).update(next_at=now)
            publish(WebhookChanged(webhook_id=row.pk, change="resumed"), at=now)
    return row


def remove_webhook(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Remove a webhook with all that was sent to it. Raises Denied, NotFound."""
    actor.require(MANAGE_WEBHOOKS)
    with transaction.atomic():
        row = _locked(public_id)
        publish(WebhookChanged(webhook_id=row.pk, change="removed"), at=now)
        row.delete()
