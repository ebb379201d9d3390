"""Keys of the API as the page of settings shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from voronka.accounts import queries as accounts
from voronka.connect.models import ApiKey, ApiKeyUse
from voronka.connect.permissions import MANAGE_KEYS
from voronka.kit.actors import Actor


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key with its maker's name and when it was used last; `state` is open, expired, revoked."""

    key: ApiKey
    maker: str
    last_at: datetime | None
    state: str


def list_keys(actor: Actor, *, now: datetime) -> Sequence[KeyLine]:
    """Return the keys of the company: those that open first, then the newest. Raises Denied."""
    actor.require(MANAGE_KEYS)
    rows = list(ApiKey.objects.order_by("-id"))
    used = dict(ApiKeyUse.objects.values_list("key_id", "last_at"))
    makers = accounts.employee_names([one.maker_id for one in rows])
    lines = [KeyLine(one, makers.get(one.maker_id, ""), used.get(one.pk), _state(one, now)) for one in rows]
    return sorted(lines, key=lambda line: line.state != "open")


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "open"
