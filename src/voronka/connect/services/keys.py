"""Keys of the API: made, looked up at every request, revoked."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.connect.events import ApiKeyMade, ApiKeyRevoked
from voronka.connect.models import ApiKey
from voronka.connect.permissions import MANAGE_KEYS
from voronka.connect.rules.keys import beginning_of, key_hash, new_key
from voronka.connect.rules.scopes import RIGHTS, giveable, narrowed
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish

NAME_LIMIT, KEYS_LIMIT, LONGEST_DAYS = 100, 100, 3660
WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Known:
    """A key that opened: who acts by it, its row, how often it was used in this minute."""

    actor: Actor
    key_id: int
    public_id: str
    scopes: frozenset[str]
    used: int
    window_ends: datetime


def make_key(
    *, actor: Actor, name: str, scopes: Sequence[str], days: int | None, now: datetime
) -> tuple[ApiKey, str]:
    """Make a key in the actor's name; return its row and the key itself, which is nowhere kept.

    `days` is how long it opens, None for ever. Raises Denied, Invalid.
    """
    actor.require(MANAGE_KEYS)
    tidy = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    problems: dict[str, str] = {}
    if not tidy:
        problems["name"] = _("Say which program the key is for.")
    elif len(tidy) > NAME_LIMIT:
        problems["name"] = _("At most %(most)d signs.") % {"most": NAME_LIMIT}
    if not scopes:
        problems["scopes"] = _("Choose what the program may do.")
    elif set(scopes) - set(RIGHTS):
        problems["scopes"] = _("Choose one of the list.")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        problems["days"] = _("From 1 to %(most)d days.") % {"most": LONGEST_DAYS}
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    with transaction.atomic():
        if ApiKey.objects.filter(revoked_at=None).count() >= KEYS_LIMIT:
            raise Invalid(_("There are %(most)d keys already: revoke those nobody uses.") % {"most": KEYS_LIMIT})
        key = new_key()
        row = ApiKey(
            name=tidy,
            hash=key_hash(key) or "",
            beginning=beginning_of(key),
            scopes=[code for code in RIGHTS if code in set(scopes)],
            maker_id=actor.person_id,
            made_at=now,
            expires_at=now + timedelta(days=days) if days is not None else None,
        )
        row.save(force_insert=True)
        publish(ApiKeyMade(key_id=row.pk, scopes=row.scopes), at=now)
    return row, key


def revoke_key(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Let a key open nothing any more; repeating it changes nothing. Raises Denied, NotFound."""
    actor.require(MANAGE_KEYS)
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().filter(public_id=public_id).first()
        if row is None:
            raise NotFound(_("There is no such key."))
        if row.revoked_at is None:
            row.revoked_at = now
            row.save(update_fields=["revoked_at"])
            publish(ApiKeyRevoked(key_id=row.pk), at=now)


def open_by(key: str, *, now: datetime) -> Known | None:
    """Return who acts by a key and count its use; None for one that opens nothing (any more).

    The rights are those of the moment: a maker who was dismissed or lost a right takes it from his keys.
    """
    hashed = key_hash(key)
    if hashed is None:
        return None
    minute = now.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM connect_open_key(%s, %s, %s)", [hashed, minute, now])
        found = cursor.fetchone()
    if found is None:
        return None
    company_id, key_id, public_id, scopes, maker_id, used = found
    maker = accounts.find_actor(
        company_id, maker_id, language=(get_language() or "ru")[:2], origin=f"api {public_id}"
    )
    if maker is None:
        return None
    actor = dataclasses.replace(maker, rights=narrowed(maker.rights, scopes), giving=giveable(maker.rights))
    ends = minute + timedelta(seconds=WINDOW_SECONDS)
    return Known(actor, key_id, public_id, frozenset(scopes), used, ends)


def per_minute() -> int:
    """Return how many requests a key may make in a minute."""
    return int(settings.API_PER_MINUTE)
