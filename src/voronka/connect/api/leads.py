"""The operation that brings a lead in."""

import hashlib

from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import clients as client_docs
from voronka.connect.schemas import leads as docs
from voronka.connect.schemas.outer import Outer
from voronka.kit.errors import Invalid
from voronka.people import services

router = Router(tags=["leads"])


@operation(
    router,
    "POST",
    "",
    scope=scopes.LEADS_WRITE,
    answer=docs.LeadTaken,
    status=201,
    summary=gettext_lazy("Bring a lead in: a card is found or made and a deal follows, or it waits to be sorted"),
)
def bring_lead(request: ApiRequest, sent: docs.Lead) -> docs.LeadTaken:
    """Take a lead as the form does; sent twice under one Idempotency-Key, it is one lead and one deal.

    It waits in the inbox when the company sorts what comes by the API or from its source, and when it looks like spam.
    """
    caller = request.auth
    token = f"{caller.name}/{request.headers.get('Idempotency-Key', '')}"
    touch = docs.touch_in(
        sent, Outer.load(request.auth.actor), f"api-{hashlib.sha256(token.encode()).hexdigest()[:60]}"
    )
    try:
        received = services.receive(actor=caller.actor, touch=touch, now=caller.now)
    except Invalid as wrong:
        renamed = {"phone": "phones", "email": "emails"}
        words = {renamed.get(name, name): words for name, words in client_docs.places_out(wrong.fields).items()}
        raise Invalid(wrong.message, fields=words) from wrong
    return docs.lead_out(received)
