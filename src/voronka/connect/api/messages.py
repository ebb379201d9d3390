"""Operations on messages: those of a client, one with its steps, a letter sent, one called back."""

import uuid
from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import messages as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit, PublicId
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.messaging import queries, services
from voronka.messaging.queries import touches
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.messaging.models import Message as MessageRow

router = Router(tags=["messages"])
SEE, WRITE = "messaging.see", "messaging.write"
NAMESPACE = uuid.UUID("3f0a9c1e-6f43-4d0a-9a53-5b0c7a2f1d44")
_FIELDS = {"subject": "subject", "body": "text", "traffic": "traffic"}


@operation(
    router,
    "GET",
    "",
    scope=scopes.MESSAGES_READ,
    answer=docs.MessageList,
    right=SEE,
    summary=gettext_lazy("List the messages to a client"),
)
def list_messages(
    request: ApiRequest,
    client: Annotated[PublicId, Query()],
    channel: Annotated[str, Query(max_length=10, description="email, sms")] = "",
    state: Annotated[docs.State | None, Query()] = None,
    traffic: Annotated[docs.Traffic | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.MessageList:
    """Return a page of what was said to a client by all channels, newest first, each with why it went or did not."""
    actor, now = request.auth.actor, request.auth.now
    card = queries.client_read(actor, client)
    equal = {"channel": channel, "state": state or "", "traffic": traffic or ""}
    asked = {"messages": client, **equal}
    rows = queries.list_messages(
        card.pk, most=limit, before=before_of(cursor, asked), **{name: said for name, said in equal.items() if said}
    )
    following = str(rows[-1].pk) if len(rows) == limit else ""
    items = [docs.message_out(one, card.public_id, actor, now) for one in rows]
    return docs.MessageList(items=items, next=cursor_of(following, asked))


@operation(
    router,
    "GET",
    "/{message}",
    scope=scopes.MESSAGES_READ,
    answer=docs.MessageWithSteps,
    right=SEE,
    summary=gettext_lazy("Show a message with what happened to it"),
)
def get_message(request: ApiRequest, message: IdInPath) -> docs.MessageWithSteps:
    """Return a message, its steps and why it went or did not."""
    return _whole(request, _held(request, message))


@operation(
    router,
    "POST",
    "",
    scope=scopes.MESSAGES_WRITE,
    answer=docs.MessageWithSteps,
    status=201,
    right=WRITE,
    summary=gettext_lazy("Send a letter to a client"),
)
def send_letter(request: ApiRequest, sent: docs.LetterGiven) -> Reply:
    """Plan a letter; it leaves in ten seconds if the gate lets it, and `state` refused with `why` says if not.

    The same request again, under its Idempotency-Key, sends nothing more.
    """
    caller = request.auth
    card = people.get_client(caller.actor, sent.client)
    token = f"{caller.actor.company_id}/{caller.name}/{card.pk}/{request.headers.get('Idempotency-Key', '')}"
    letter = services.HandLetter(sent.subject, sent.text, sent.traffic, uuid.uuid5(NAMESPACE, token))
    try:
        row = services.write_by_hand(actor=caller.actor, client_id=card.pk, letter=letter, now=caller.now)
    except Invalid as wrong:
        fields = {_FIELDS.get(name, name): words for name, words in wrong.fields.items()}
        raise Invalid(wrong.message, code=wrong.code, fields=fields) from wrong
    return Reply(_whole(request, row), headers={"Location": f"/api/v1/messages/{row.public_id}"})


@operation(
    router,
    "POST",
    "/{message}/call-back",
    scope=scopes.MESSAGES_WRITE,
    answer=docs.MessageWithSteps,
    right=WRITE,
    summary=gettext_lazy("Call a letter back that has not left"),
)
def call_back_letter(request: ApiRequest, message: IdInPath) -> docs.MessageWithSteps:
    """Call back a letter that a program or a person sent by hand, before its hand-over begins."""
    actor = request.auth.actor
    if not services.call_back_by_hand(actor=actor, public_id=message, now=request.auth.now):
        raise Conflict(_("It is too late: it goes already."), code="gone_already")
    return _whole(request, _held(request, message))


def _held(request: ApiRequest, public_id: str) -> "MessageRow":
    found = queries.get_message(request.auth.actor, public_id)
    if not queries.may_read(request.auth.actor, found.client_id):
        raise NotFound(_("There is no such message."))
    return found


def _whole(request: ApiRequest, row: "MessageRow") -> docs.MessageWithSteps:
    client = people.public_ids("client", [row.client_id or 0])[row.client_id or 0]
    steps, touched = queries.list_steps([row])[row.pk], touches.list_touches([row.pk])[row.pk]
    return docs.whole_out(row, client, steps, touched, request.auth.actor, request.auth.now)
