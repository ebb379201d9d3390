"""The wire server killed in the middle: what it had answered is there; what it had not goes to the next one, once."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.site.models import VisitEvent
from voronka.site.testing import SHOP, batch_of, make_site

SOURCE = Path(__file__).parents[3]
AGENT = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36"


@contextmanager
def collector(log):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "voronka.config.wire_app:app"], env={**os.environ, "PYTHONPATH": str(SOURCE)}, stdout=output,
            stderr=output, start_new_session=True,
        )  # fmt: skip
        try:
            yield port, process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def send(line, batch):
    headers = {"Origin": SHOP, "User-Agent": AGENT}
    line.request("POST", "/collect", json.dumps(batch), headers)
    answer = line.getresponse()
    answer.read()
    return answer.status


def send_all(port, batches, answered):
    """Send what is left to be sent until the server is gone; note what was answered."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(line), contextlib.suppress(OSError, http.client.HTTPException):
        for batch in batches:
            if send(line, batch) == 200:
                answered.append(batch["events"][0]["id"])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_answered_is_lost_and_nothing_sent_again_is_doubled(tmp_path):
    cast = make_company(now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        site = make_site(cast.owner, datetime.now(UTC))
    pages = [{"kind": "page", "url": f"/{place}"} for place in range(10)]
    lots = [
        [batch_of(site.public_id, *pages, visitor=visitor) for _one in range(40)]
        for visitor in [uuid.uuid4().hex for _line in range(6)]
    ]

    def there():
        with company_context(cast.company_id), transaction.atomic():
            return {key.hex for key in VisitEvent.objects.values_list("key", flat=True)}

    answered: list[str] = []
    with collector(tmp_path / "first.log") as (port, process):
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert time.monotonic() < deadline
            time.sleep(0.1)
        threads = [threading.Thread(target=send_all, args=(port, lot, answered)) for lot in lots]
        for thread in threads:
            thread.start()
        while len(answered) < 60 and time.monotonic() < deadline:
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
    assert 60 <= len(answered) < 240, "it was to be killed in the middle"
    assert set(answered) <= there()
    with collector(tmp_path / "second.log") as (port, process):
        again: list[str] = []
        deadline = time.monotonic() + 60
        while not again and time.monotonic() < deadline:
            send_all(port, lots[0], again)
        for lot in lots:
            send_all(port, lot, again)
    every = {event["id"] for lot in lots for batch in lot for event in batch["events"]}
    assert there() == every
