"""Calls of webhooks: a POST of ids and codes to an address of the company's choice."""

import json

from django.conf import settings

from voronka.kit import outgoing
from voronka.kit.models import OutgoingItem
from voronka.kit.outbox import GiveUp, TryLater, outgoing_channel


@outgoing_channel("webhook")
def send(item: OutgoingItem) -> None:
    """Call the address once; 2xx is success, 408, 429 and 5xx are tried again, the rest is given up.

    The id in `webhook-id` stays the same over all tries, so that the receiver can know a repetition.
    """
    body = json.dumps(item.payload["body"], ensure_ascii=False).encode()
    headers = {"content-type": "application/json", "webhook-id": str(item.operation_id)}
    try:
        answer = outgoing.post(
            item.payload["url"], body, headers, timeout=15, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS
        )
    except outgoing.OutgoingRefused as refused:
        raise GiveUp(outgoing.explain(refused)) from refused
    except outgoing.OutgoingFailed as failed:
        raise TryLater(outgoing.explain(failed)) from failed
    if answer.status in {408, 429} or answer.status >= 500:
        raise TryLater(f"the address answered {answer.status}")
    if not 200 <= answer.status < 300:
        raise GiveUp(f"the address answered {answer.status}")
