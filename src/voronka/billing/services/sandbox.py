"""The sandbox kept in the company's own rows, and what a person presses on its page."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from voronka.billing.models import Provider, SandboxPayment
from voronka.billing.ports import Keys
from voronka.billing.rules.sandbox import Held, Sandbox
from voronka.billing.services import online

_COLUMNS = ("outer_id", "key", "amount", "status", "refunded", "refunds", "about", "back_url")


class KeptShelf:
    """The shelf of one account."""

    def __init__(self, provider_id: int) -> None:
        self._provider_id = provider_id

    def by_key(self, key: str) -> Held | None:
        """Return the payment of a key."""
        return _held(SandboxPayment.objects.filter(provider_id=self._provider_id, key=key).first())

    def take(self, outer_id: str) -> Held | None:
        """Return a payment, its row locked."""
        rows = SandboxPayment.objects.select_for_update().filter(provider_id=self._provider_id)
        return _held(rows.filter(outer_id=outer_id).first())

    def put(self, held: Held) -> Held:
        """Keep a payment."""
        values = {name: getattr(held, name) for name in _COLUMNS}
        known = SandboxPayment.objects.filter(provider_id=self._provider_id, outer_id=held.outer_id)
        if not known.update(**values):
            try:
                with transaction.atomic():
                    SandboxPayment.objects.create(provider_id=self._provider_id, **values)
            except IntegrityError:
                return self.by_key(held.key) or held
        return held

    def address(self, held: Held) -> str:
        """Return the sandbox's page."""
        return reverse("billing:sandbox", args=[held.outer_id])


def _held(row: SandboxPayment | None) -> Held | None:
    return None if row is None else Held(**{name: getattr(row, name) for name in _COLUMNS})


@transaction.atomic
def answer(keys: Keys, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Answer a request to the sandbox of an account."""
    return Sandbox(keys.shop_id, keys.secret, KeptShelf(keys.id)).answer(method, path, headers, body)


def company_of(outer_id: str) -> tuple[int, int] | None:
    """Return company and row of a payment in a sandbox."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, sandbox FROM billing_company_of_sandbox(%s)", [outer_id])
        found = cursor.fetchone()
        return None if found is None else (found[0], found[1])


@transaction.atomic
def look(row_id: int) -> SandboxPayment:
    """Return a payment in a sandbox."""
    return SandboxPayment.objects.select_related("provider").get(pk=row_id)


@transaction.atomic
def press(row_id: int, *, is_paid: bool, tells: bool, now: datetime) -> str:
    """Pay or decline in the sandbox; with `tells` it sends its notice, as providers do. Return where to go back to."""
    row = SandboxPayment.objects.select_related("provider").get(pk=row_id)
    provider: Provider = row.provider
    shop = Sandbox(provider.shop_id, provider.secret, KeptShelf(provider.pk))
    held = shop.press(row.outer_id, is_paid=is_paid)
    if held is not None and tells:
        headers, body = shop.notice(held, now=now.timestamp())
        online.take_notice(provider_id=provider.pk, headers=headers, body=body, now=now)
    return row.back_url
