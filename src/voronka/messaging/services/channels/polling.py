"""News of bots that are fetched: one process at a time waits for them, by a lease in the database.

What was fetched is kept in a transaction before it is forgotten at the other side; whoever dies in between has it
fetched again, and what was kept is known by its number.
"""

import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from django.db import close_old_connections, connection, transaction

from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChannelAccount, ChannelState
from voronka.messaging.ports import Bot, Refused, Silent
from voronka.messaging.services.channels.accounts import open_way
from voronka.messaging.services.channels.coming import take_news

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)
WAIT_SECONDS = 25  # for the first piece of news; less than the lease
LONGEST_PAUSE = 60.0
HOLDER = str(uuid.uuid4())


@dataclass(slots=True)
class Fetcher:
    """Fetches the news of one bot. `after` is the number up to which the other side may forget, 0 for none.

    After an empty answer it is 0 again: nothing is left to forget, and numbers may begin anew at any, lower ones too.
    """

    company_id: int
    account_id: int
    after: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def once(self, *, now: datetime, seconds: int = WAIT_SECONDS) -> bool:
        """Fetch once; False where another process has the lease, or nothing is to be fetched any more."""
        with company_context(self.company_id, origin="telegram", strict=True):
            account = self._lease(now)
            if account is None:
                return False
            bot = cast("Bot", open_way(account))  # only bots are fetched from
            try:
                found = bot.news(self.after, seconds)
            except (Refused, Silent) as error:
                self._settle(error.code, error.words, now)
                raise
            self._settle("", "", now)
            self.after = 0
            for one in found:
                take_news(account, one, now=now)
                self.after = max(self.after, int(one.sign[1:]))
                if one.press:
                    with suppress(Refused, Silent):  # the clock on the button stops by itself as well
                        bot.heard(one.press)
        return True

    @transaction.atomic
    def _lease(self, now: datetime) -> ChannelAccount | None:
        state = ChannelState.objects.select_for_update().filter(account_id=self.account_id).first()
        if state is None or (state.holder != HOLDER and state.lease_until is not None and state.lease_until > now):
            return None
        state.holder, state.lease_until = HOLDER, now + LEASE
        state.save(update_fields=["holder", "lease_until"])
        found = ChannelAccount.objects.filter(pk=self.account_id, is_on=True).first()
        return found if found is not None and found.settings.get("mode") == "polling" else None

    @transaction.atomic
    def _settle(self, code: str, words: str, now: datetime) -> None:
        state = "failed" if code else "ok"
        rows = ChannelState.objects.filter(account_id=self.account_id)
        rows.update(state=state, code=code[:30], words=words[:300], looked_at=now)

    def run(self) -> None:
        """Fetch till told to stop; a bot that does not answer is tried again, ever more seldom."""
        pause = 0.0
        try:
            while not self.stop.wait(pause):
                try:
                    if not self.once(now=datetime.now(UTC)):
                        break
                    pause = 0.0
                except (Refused, Silent) as error:
                    pause = max(min(max(pause * 2, 1.0), LONGEST_PAUSE), getattr(error, "pause", 0.0))
                    log.info("a bot is not answered", code=error.code)
                except Exception as error:  # noqa: BLE001 - it is tried again, whatever broke it
                    pause = min(max(pause * 2, 1.0), LONGEST_PAUSE)
                    log.warning("fetching the news of a bot broke", reason=type(error).__name__)
                close_old_connections()
        finally:
            connection.close()


_threads: dict[int, tuple[Fetcher, threading.Thread]] = {}


def accounts_on() -> list[tuple[int, int, str, str]]:
    """Return company, id, kind and mode of the accounts of all companies that are on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, account, kind, COALESCE(mode, '') FROM messaging_accounts_on()")
        return list(cursor.fetchall())


def keep() -> int:
    """Have the news of each bot that is fetched waited for, by a thread each; return how many wait here."""
    wanted = {row[1]: row[0] for row in accounts_on() if row[3] == "polling"}
    for account_id, (fetcher, thread) in list(_threads.items()):
        if account_id not in wanted:
            fetcher.stop.set()
        if not thread.is_alive():
            del _threads[account_id]
    for account_id, company_id in wanted.items():
        if account_id not in _threads:
            fetcher = Fetcher(company_id, account_id)
            thread = threading.Thread(target=fetcher.run, name=f"talks {account_id}", daemon=True)
            _threads[account_id] = (fetcher, thread)
            thread.start()
    return len(_threads)
