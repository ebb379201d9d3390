"""The worker process: background jobs, and the pulse beside them."""

import asyncio
import os
import threading
from typing import TYPE_CHECKING, cast

import structlog

if TYPE_CHECKING:
    from procrastinate.contrib.django.django_connector import DjangoConnector

log = structlog.get_logger(__name__)

CONCURRENCY = 2
GRACE_SECONDS = 15.0


def run() -> None:
    """Work until SIGTERM: then no new job is taken and running ones have 15 seconds to end."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings")
    django.setup()
    from voronka.kit import pulse

    stop = threading.Event()
    beating = threading.Thread(target=pulse.run, args=(stop,), name="pulse", daemon=True)
    beating.start()
    try:
        asyncio.run(_work())
    finally:
        stop.set()
        beating.join(timeout=GRACE_SECONDS)


async def _work() -> None:
    from procrastinate.contrib.django import app

    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector) as working:
        async with working.open_async():
            await working.run_worker_async(
                name="voronka",
                concurrency=CONCURRENCY,
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=True,
            )
