"""Speaking with providers of SMS: sessions that one process keeps open between batches, gateways of a moment else.

A session is used by one thread at a time, under its lock: the sender's while a batch goes, a keeper's in between, which
takes the receipts that come late. Which process keeps it is a lease in the database, so a dead one is followed by
another within the minute.
"""

import hashlib
import json
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from django.db import close_old_connections, connection, transaction

from voronka.kit.tenancy import company_context, current_company_id
from voronka.messaging.models import SmsLease, SmsProvider
from voronka.messaging.ports import Gateway, Incoming, Silent, SmsReceipt, Take, sms_kinds
from voronka.messaging.services import sms_receiving
from voronka.messaging.services.sms_providers import open_gateway

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=45)
LISTEN_SECONDS, PAUSE_SECONDS, LONGEST_PAUSE = 0.3, 0.05, 60.0
HOLDER = str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class On:
    """A provider that is switched on, whatever its company."""

    company_id: int
    provider_id: int
    kind: str


def providers_on() -> list[On]:
    """Return the providers of all companies that are on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, provider, kind FROM messaging_sms_on()")
        return [On(*row) for row in cursor.fetchall()]


def taker(company_id: int, provider_id: int) -> Take:
    """Return what keeps news of a provider, whatever thread hears them."""

    def take(told: SmsReceipt | Incoming) -> None:
        with company_context(company_id, origin="sms", strict=True):
            sms_receiving.take(provider_id, told, now=datetime.now(UTC))

    return take


@dataclass(slots=True)
class _Link:
    """A session that this process keeps."""

    gateway: Gateway
    stamp: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


_links: dict[int, _Link] = {}
# What a sender has opened for the batch that it is at, by provider and the way he is spoken to.
_opened: ContextVar["dict[tuple[int, str], Gateway] | None"] = ContextVar("opened", default=None)


@contextmanager
def of_batch() -> Iterator[None]:
    """Keep what is opened inside of the block open till its end: chunks of one batch go by one session."""
    opened: dict[tuple[int, str], Gateway] = {}
    token = _opened.set(opened)
    try:
        yield
    finally:
        _opened.reset(token)
        for gateway in opened.values():
            gateway.close()


@contextmanager
def speak_with(provider: SmsProvider) -> Iterator[Gateway]:
    """Give the way to speak with a provider: the session that is kept here or for the batch, else one of the block."""
    link, stamp, opened = _links.get(provider.pk), _stamp(provider), _opened.get()
    if link is not None and link.stamp == stamp:
        with link.lock:
            yield link.gateway
        return
    if opened is not None:
        if (provider.pk, stamp) not in opened:
            opened[provider.pk, stamp] = open_gateway(provider, taker(current_company_id(), provider.pk))
        try:
            yield opened[provider.pk, stamp]
        except BaseException:
            opened.pop((provider.pk, stamp)).close()  # nobody knows what is still on its way there
            raise
        return
    gateway = open_gateway(provider, taker(current_company_id(), provider.pk))
    try:
        yield gateway
    finally:
        gateway.close()


def _stamp(provider: SmsProvider) -> str:
    """Return what changes when an account is spoken to in another way."""
    said = json.dumps([provider.kind, provider.settings, provider.secret], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def keep(wanted: Iterable[On], *, now: datetime) -> int:
    """Keep sessions with those providers whose kinds have one and that no other process keeps; end all others here.

    Return how many are kept.
    """
    held: dict[int, tuple[On, SmsProvider]] = {}
    for one in wanted:
        kind = sms_kinds().get(one.kind)
        if kind is not None and kind.keeps_session:
            with company_context(one.company_id, origin="sms", strict=True):
                provider = _lease(one.provider_id, now)
            if provider is not None:
                held[one.provider_id] = (one, provider)
    for provider_id, link in list(_links.items()):
        if provider_id not in held or link.stamp != _stamp(held[provider_id][1]):
            _end(provider_id, link)
    for provider_id, (one, provider) in held.items():
        if provider_id not in _links:
            try:
                _begin(one, provider)
            except Exception as error:  # noqa: BLE001 - broken settings of one must not stop the others
                log.warning("a session with a provider of SMS is not begun", reason=type(error).__name__)
    return len(_links)


@transaction.atomic
def _lease(provider_id: int, now: datetime) -> SmsProvider | None:
    """Take or renew the lease of a session; None while another process has it."""
    SmsLease.objects.bulk_create([SmsLease(provider_id=provider_id, until=now)], ignore_conflicts=True)
    lease = SmsLease.objects.select_for_update().get(provider_id=provider_id)
    if lease.holder != HOLDER and lease.until > now:
        return None
    lease.holder, lease.until = HOLDER, now + LEASE
    lease.save(update_fields=["holder", "until"])
    return SmsProvider.objects.filter(pk=provider_id, is_on=True).first()


def _begin(one: On, provider: SmsProvider) -> None:
    link = _Link(open_gateway(provider, taker(one.company_id, one.provider_id)), _stamp(provider))
    link.thread = threading.Thread(target=_listen, args=(link,), name=f"sms {one.provider_id}", daemon=True)
    _links[one.provider_id] = link
    link.thread.start()


def _end(provider_id: int, link: _Link) -> None:
    """Let a session go; its thread says good-bye to the provider."""
    del _links[provider_id]
    link.stop.set()


def end_all() -> None:
    """End all sessions of this process and wait for that."""
    threads = [link.thread for link in _links.values() if link.thread is not None]
    for provider_id, link in list(_links.items()):
        _end(provider_id, link)
    for thread in threads:
        thread.join(timeout=15)


def _listen(link: _Link) -> None:
    """Take what comes, till told to stop; a provider that is not there is tried again, ever more seldom."""
    pause = PAUSE_SECONDS
    try:
        while not link.stop.wait(pause):
            try:
                with link.lock:
                    link.gateway.listen(LISTEN_SECONDS)
                pause = PAUSE_SECONDS
            except Silent as silent:
                pause = min(max(pause * 2, 1.0), LONGEST_PAUSE)
                log.info("a provider of SMS is not there", words=silent.words)
            except Exception as error:  # noqa: BLE001 - the session is tried again, whatever broke it
                pause = min(max(pause * 2, 1.0), LONGEST_PAUSE)
                log.warning("a session with a provider of SMS broke", reason=type(error).__name__)
            close_old_connections()
    finally:
        with link.lock:
            link.gateway.close()
        connection.close()
