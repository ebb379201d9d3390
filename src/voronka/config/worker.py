"""The worker process: background jobs, the pulse beside them, and the sweep of what dead workers left."""

import asyncio
import contextlib
import os
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import structlog
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.contrib.django.django_connector import DjangoConnector

log = structlog.get_logger(__name__)

CONCURRENCY = 2
GRACE_SECONDS = 15.0
# A worker is taken for dead after three missed signs of life, so its jobs are back within forty seconds.
PACE_SECONDS = 10.0
KEEP_FAILED_HOURS = 30 * 24


class Queue(JobManager):
    """The queue, in which a job that is put back gives way to one that waits for the same.

    Of jobs put off `once` only one may wait. Whoever came while this one ran would keep it from coming back, and it,
    never at its end, would keep him from running.
    """

    async def retry_job(self, job: Job, *args: Any, **how: Any) -> None:  # as the library has it: when, where
        """Put a job back to be run again, or end it where one like it waits."""
        try:
            await super().retry_job(job, *args, **how)
        except UniqueViolation:
            log.info("a job gives way to one that waits for the same", job=job.id, task=job.task_name)
            await self.finish_job(job, status=Status.FAILED, delete_job=True)


def run(*, pace: float = PACE_SECONDS) -> None:
    """Work until SIGTERM: then no new job is taken and running ones have 15 seconds to end.

    Signs of life and the sweep come every `pace` seconds.
    """
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings")
    django.setup()
    from voronka.kit import pulse

    if os.environ.get("VORONKA_RUN"):
        threading.Thread(target=_leave_when_orphaned, args=(os.getppid(),), name="parent", daemon=True).start()
    stop = threading.Event()
    beating = threading.Thread(target=pulse.run, args=(stop,), name="pulse", daemon=True)
    beating.start()
    try:
        asyncio.run(_work(pace))
    finally:
        stop.set()
        beating.join(timeout=GRACE_SECONDS)


def _leave_when_orphaned(parent: int) -> None:
    """End this process 15 seconds after its supervisor.

    When a supervisor is killed the database stops too, and saying good-bye to it could take minutes.
    """
    while os.getppid() == parent:
        time.sleep(1)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


async def _work(pace: float) -> None:
    from procrastinate.contrib.django import app

    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector) as working:
        working.job_manager = Queue(connector)
        async with working.open_async():
            sweeping = asyncio.create_task(_sweep_forever(working, pace))
            try:
                await working.run_worker_async(
                    name="voronka",
                    concurrency=CONCURRENCY,
                    delete_jobs="successful",  # finished jobs piled up make every fetch slower
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    update_heartbeat_interval=pace,
                    stalled_worker_timeout=3 * pace,
                    install_signal_handlers=True,
                )
            finally:
                sweeping.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await sweeping


async def _sweep_forever(app: "App", pace: float) -> None:
    """Sweep every `pace` seconds; a lost database is waited for."""
    from procrastinate.exceptions import ProcrastinateException

    while True:
        try:
            await sweep(app, silence=3 * pace)
        except ProcrastinateException as error:
            log.warning("sweep of jobs failed", reason=type(error).__name__)
        except Exception:  # a task that ends here ends unseen, and jobs of dead workers would lie for ever
            log.exception("sweep of jobs broke")
        await asyncio.sleep(pace)


async def sweep(app: "App", *, silence: float) -> int:
    """Put jobs of workers without a sign of life for `silence` seconds back, drop old failures; return how many.

    Every job can be run again: effects are tied to positions, claims or states that the first run did not reach.
    """
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence))
    for job in stalled:
        log.warning("job of a dead worker is put back", job=job.id, task=job.task_name)
        await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
    await app.job_manager.delete_old_jobs(nb_hours=KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True)
    return len(stalled)
