"""Accounts with providers of payments: added, changed, switched on and off."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.billing import ports
from voronka.billing.models import Provider
from voronka.billing.permissions import SET_UP
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class ProviderDraft:
    """An account as it is typed; an empty `secret` leaves the one that is kept."""

    kind: str
    name: str
    shop_id: str = ""
    secret: str = ""
    is_on: bool = True


@transaction.atomic
def save_provider(*, actor: Actor, draft: ProviderDraft, public_id: str | None = None, now: datetime) -> Provider:
    """Add an account or change one; the one switched on is the one that links lead to.

    The sandbox needs no keys: it makes its own. Raises Denied, NotFound, Conflict, Invalid.
    """
    actor.require(SET_UP)
    kinds = {one.kind: one for one in ports.gateway_kinds()}
    row = Provider(kind=draft.kind, hook=secrets.token_hex(20), made_at=now)
    if public_id is not None:
        known = Provider.objects.select_for_update().filter(public_id=public_id).first()
        if known is None:
            raise NotFound(_("There is no such provider."))
        row = known
    problems = {}
    if row.kind not in kinds:
        problems["kind"] = _("There is no such provider.")
    row.name = " ".join(draft.name.split())[:100] or str(kinds[row.kind].name if row.kind in kinds else "")
    row.shop_id, row.secret = draft.shop_id.strip()[:60], draft.secret.strip() or row.secret
    if row.kind in kinds and not kinds[row.kind].is_real:
        row.shop_id, row.secret = row.shop_id or "sandbox", row.secret or secrets.token_urlsafe(32)
    if not row.shop_id or not row.shop_id.isascii() or ":" in row.shop_id:
        problems["shop_id"] = _("The number of the shop at the provider is needed.")
    if not row.secret or len(row.secret) > 200 or not row.secret.isascii():
        problems["secret"] = _("The secret key of the shop is needed.")
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    row.is_on = draft.is_on
    if row.is_on:
        Provider.objects.filter(is_on=True).exclude(pk=row.pk).update(is_on=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict(
            _("Somebody switched another provider on meanwhile: look at it again."), code="moved"
        ) from None
    return row


def provider_on() -> Provider | None:
    """Return the account that links lead to."""
    return Provider.objects.filter(is_on=True).first()


def open_gateway(provider: Provider) -> ports.Gateway:
    """Return the way to speak with an account."""
    keys = ports.Keys(provider.pk, provider.shop_id, provider.secret)
    return ports.gateway_kind(provider.kind).open(keys)
