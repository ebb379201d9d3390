"""Who asks: a program by its key, or a signed-in person's own page by the session."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer

from voronka.connect.api.problems import Unauthorized
from voronka.connect.services import keys
from voronka.kit.actors import Actor
from voronka.kit.errors import Denied, TooMany


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by which door, at which moment. `scopes` is None for a person, who has his rights as they are."""

    actor: Actor
    name: str
    now: datetime
    scopes: frozenset[str] | None = None
    known: keys.Known | None = None

    def require_scope(self, scope: str) -> None:
        """Raise Denied where the key was not made for this."""
        if self.scopes is not None and scope not in self.scopes:
            refusal = Denied(
                _("The key was not made for this. It lacks: %(scope)s.") % {"scope": scope}, code="insufficient_scope"
            )
            raise refusal


class ApiRequest(HttpRequest):
    """A request behind the door."""

    auth: Caller


class OverLimit(TooMany):
    """A key asked more often than it may."""

    code = "rate_limited"

    def __init__(self, known: keys.Known, now: datetime) -> None:
        super().__init__(_("Too many requests. Wait until the minute is over."))
        self.known, self.now = known, now


def rate_headers(known: keys.Known, now: datetime) -> dict[str, str]:
    """Return how much of its minute a key has left."""
    most = keys.per_minute()
    left, seconds = max(0, most - known.used), max(1, int((known.window_ends - now).total_seconds()))
    return {
        "RateLimit-Policy": f'"minute";q={most};w={keys.WINDOW_SECONDS}',
        "RateLimit": f'"minute";r={left};t={seconds}',
        "RateLimit-Limit": str(most),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(seconds),
    }


class Key(HttpBearer):
    """A key of the API: `Authorization: Bearer vrk_...`. Make one in Settings, or by `voronka apikey`."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Return who acts by the key; None where none was sent, so that the session is tried."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        kind, _space, token = header.partition(" ")
        caller = self.authenticate(request, token.strip()) if kind.lower() == "bearer" else None
        if caller is None:
            raise Unauthorized(_("This key opens nothing: it is wrong, revoked or expired, or its maker has left."))
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return who acts by the key. Raises OverLimit."""
        now = datetime.now(UTC)
        known = keys.open_by(token, now=now)
        if known is None:
            return None
        request.api_known = (known, now)  # type: ignore[attr-defined]  # read by the wrapper for its headers
        if known.used > keys.per_minute():
            raise OverLimit(known, now)
        return Caller(known.actor, f"key:{known.key_id}", now, known.scopes, known)


class Session(APIKeyCookie):
    """The session of a signed-in person; writing needs the anti-forgery sign in `X-CSRFToken`."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        """Return the person of the session as PlaceMiddleware found him."""
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            return None
        return Caller(actor, f"employee:{actor.employee_id}", datetime.now(UTC))


DOORS: list[Any] = [Key(), Session()]  # Any: ninja's own type is loose
