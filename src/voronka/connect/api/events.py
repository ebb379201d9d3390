"""Operations on the event log and on webhooks."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.queries import webhooks as queries
from voronka.connect.queries.log import log_head, read_log
from voronka.connect.rules import scopes
from voronka.connect.schemas import events as docs
from voronka.connect.schemas.common import Cursor, GivenMoment, IdInPath, Limit
from voronka.connect.services import deliveries, outward, webhooks
from voronka.connect.services.words import event_words
from voronka.kit.errors import Invalid
from voronka.kit.events import all_kinds

router = Router(tags=["events"])
hooks = Router(tags=["webhooks"])
DeliveryState = Literal["", "waiting", "sending", "sent", "failed", "cancelled"]


@operation(
    router,
    "GET",
    "",
    scope=scopes.EVENTS_READ,
    answer=docs.EventList,
    right="kit.see_history",
    summary=gettext_lazy("Read the event log forwards"),
)
def list_events(
    request: ApiRequest,
    types: Annotated[str, Query(max_length=2_000, description="Kinds of events, divided by commas.")] = "",
    since: Annotated[GivenMoment | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.EventList:
    """Return a page of the log, oldest first; keep `next` and ask with it again to hear what is new."""
    names = [one.strip() for one in types.split(",") if one.strip()]
    if unknown := outward.unknown_among(names):
        message = _("There is no such event: %(names)s.") % {"names": ", ".join(unknown[:5])}
        raise Invalid(message, fields={"types": message})
    asked = {"types": ",".join(sorted(names))}
    after, head = before_of(cursor, asked) or 0, log_head()
    rows = read_log(after=after, upto=head, names=names or outward.names(), limit=limit + 1, since=since)
    is_end, page = len(rows) <= limit, rows[:limit]
    place = max(after, head) if is_end else page[-1].seq
    items = [docs.Event.model_validate(one) for one in outward.outward(page)]
    return docs.EventList(items=items, next=cursor_of(str(place), asked) or "", is_end=is_end)


@operation(
    router,
    "GET",
    "/kinds",
    scope=scopes.COMPANY_READ,
    answer=docs.EventKindList,
    summary=gettext_lazy("List the kinds of events with what each carries"),
)
def list_event_kinds(request: ApiRequest) -> docs.EventKindList:
    """Return every kind of event with the JSON schema of its data."""
    items = [
        docs.EventKind(
            type=name, name=event_words(name), schema_=outward.schema_of(kind), example=outward.example_of(kind)
        )
        for name, kind in all_kinds().items()
    ]
    return docs.EventKindList(items=items)


@operation(
    hooks,
    "GET",
    "",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.WebhookList,
    summary=gettext_lazy("List the webhooks"),
)
def list_webhooks(request: ApiRequest) -> docs.WebhookList:
    """Return the webhooks, newest first, without their secrets."""
    return docs.WebhookList(items=[docs.webhook_out(one) for one in queries.list_webhooks(request.auth.actor)])


@operation(
    hooks,
    "POST",
    "",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.WebhookWithSecret,
    status=201,
    summary=gettext_lazy("Add a webhook; its secret is told here only"),
)
def add_webhook(request: ApiRequest, sent: docs.NewWebhook) -> Reply:
    """Add an address that is told of these events from now on."""
    caller = request.auth
    row = webhooks.add_webhook(actor=caller.actor, url=sent.url, events=sent.events, about=sent.about, now=caller.now)
    return Reply(docs.webhook_with_secret(row), headers={"Location": f"/api/v1/webhooks/{row.public_id}"})


@operation(
    hooks,
    "GET",
    "/{webhook}",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.Webhook,
    summary=gettext_lazy("Show a webhook"),
)
def get_webhook(request: ApiRequest, webhook: IdInPath) -> docs.Webhook:
    """Return a webhook without its secret."""
    return docs.webhook_out(queries.get_webhook(request.auth.actor, webhook))


@operation(
    hooks,
    "PATCH",
    "/{webhook}",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.Webhook,
    summary=gettext_lazy("Change, pause or resume a webhook"),
)
def change_webhook(request: ApiRequest, webhook: IdInPath, sent: docs.WebhookChanges) -> docs.Webhook:
    """Change what is sent."""
    caller = request.auth
    if {"url", "events", "about"} & sent.model_fields_set:
        webhooks.change_webhook(
            actor=caller.actor,
            public_id=webhook,
            url=sent.url,
            events=sent.events,
            about=sent.about,
            now=caller.now,
        )
    if sent.state == "paused":
        webhooks.pause_webhook(actor=caller.actor, public_id=webhook, now=caller.now)
    elif sent.state == "active":
        webhooks.resume_webhook(actor=caller.actor, public_id=webhook, now=caller.now, catch_up=sent.catch_up)
    return docs.webhook_out(queries.get_webhook(caller.actor, webhook))


@operation(
    hooks, "DELETE", "/{webhook}", scope=scopes.WEBHOOKS_MANAGE, status=204, summary=gettext_lazy("Remove a webhook")
)
def remove_webhook(request: ApiRequest, webhook: IdInPath) -> None:
    """Remove a webhook with its log."""
    webhooks.remove_webhook(actor=request.auth.actor, public_id=webhook, now=request.auth.now)


@operation(
    hooks,
    "POST",
    "/{webhook}/rotate",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.WebhookWithSecret,
    summary=gettext_lazy("Renew a webhook's secret; the old one signs for another day"),
)
def rotate_secret(request: ApiRequest, webhook: IdInPath) -> docs.WebhookWithSecret:
    """Make a new secret and tell it here only."""
    row = webhooks.rotate_secret(actor=request.auth.actor, public_id=webhook, now=request.auth.now)
    return docs.webhook_with_secret(row)


@operation(
    hooks,
    "POST",
    "/{webhook}/test",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.Delivery,
    status=202,
    summary=gettext_lazy("Send a test message"),
)
def send_test(request: ApiRequest, webhook: IdInPath) -> docs.Delivery:
    """Send a message of type `connect.Ping`, like any other."""
    row = deliveries.send_test(actor=request.auth.actor, public_id=webhook, now=request.auth.now)
    return docs.delivery_out(row)


@operation(
    hooks,
    "GET",
    "/{webhook}/deliveries",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.DeliveryList,
    summary=gettext_lazy("List what was sent to a webhook"),
)
def list_deliveries(
    request: ApiRequest, webhook: IdInPath, state: DeliveryState = "", limit: Limit = 50, cursor: Cursor = ""
) -> docs.DeliveryList:
    """Return a page of messages, newest first."""
    row, asked = queries.get_webhook(request.auth.actor, webhook), {"deliveries": webhook, "state": state}
    rows = queries.list_deliveries(row, state=state, before=before_of(cursor, asked), limit=limit + 1)
    after = cursor_of(str(rows[limit - 1].pk) if len(rows) > limit else "", asked)
    return docs.DeliveryList(items=[docs.delivery_out(one) for one in rows[:limit]], next=after)


@operation(
    hooks,
    "GET",
    "/{webhook}/deliveries/{delivery}",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.DeliveryDetail,
    summary=gettext_lazy("Show a message with every try and what was answered"),
)
def get_delivery(request: ApiRequest, webhook: IdInPath, delivery: IdInPath) -> docs.DeliveryDetail:
    """Return a message with its body and tries."""
    row = queries.get_delivery(queries.get_webhook(request.auth.actor, webhook), delivery)
    return docs.delivery_detail(row, queries.list_attempts(row))


@operation(
    hooks,
    "POST",
    "/{webhook}/replay",
    scope=scopes.WEBHOOKS_MANAGE,
    answer=docs.Replayed,
    status=202,
    summary=gettext_lazy("Send messages once more: those named, or all that were given up"),
)
def replay_deliveries(request: ApiRequest, webhook: IdInPath, sent: docs.ReplayGiven) -> docs.Replayed:
    """Send messages once more, as they were, under their own ids."""
    caller = request.auth
    if bool(sent.deliveries) == (sent.failed_since is not None):
        message = _("Name deliveries, or the moment since when all failed ones are meant.")
        raise Invalid(message, fields={"deliveries": message})
    if sent.failed_since is not None:
        count = deliveries.replay_failed(
            actor=caller.actor, public_id=webhook, since=sent.failed_since, now=caller.now
        )
    else:
        count = deliveries.replay(actor=caller.actor, public_id=webhook, deliveries=sent.deliveries, now=caller.now)
    return docs.Replayed(count=count)
