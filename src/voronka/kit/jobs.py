"""Background jobs by name: few and big, put off in the transaction of their cause.

A job is a function of a part's `jobs.py` that calls one service. Its arguments are ids only: the queue has
no company wall of its own. The company, where one is given, is restored before the function runs.
"""

from collections.abc import Callable
from typing import Any, ParamSpec

from django.db import close_old_connections, transaction
from procrastinate import RetryStrategy, exceptions
from procrastinate.contrib.django import app

from voronka.kit.tenancy import company_context

P = ParamSpec("P")


def job(name: str, *, queue: str = "default", retry: int = 0) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the job `name` (stable: queued jobs refer to it).

    A job that raises is run again up to `retry` times: after 6 s, 36 s, 4 min, 22 min, 2 h. A job deferred with
    `company_id` runs inside that company and does not receive it as an argument. Its statements
    stand in transactions: outside of one the policies would show it nothing, so that raises OutsideTransaction.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        def run(company_id: int | None = None, **arguments: Any) -> None:  # JSON values of the queue
            close_old_connections()
            try:
                if company_id is None:
                    function(**arguments)
                else:
                    with company_context(company_id, origin=f"job {name}", strict=True):
                        function(**arguments)
            finally:
                close_old_connections()

        run.__wrapped__ = function  # type: ignore[attr-defined]  # what it asks for can be read (inspect.signature)
        again = RetryStrategy(max_attempts=retry, exponential_wait=6) if retry else False
        app.task(name=name, queue=queue, retry=again)(run)
        return function

    return register


def defer(
    name: str,
    *,
    company_id: int | None = None,
    once: str | None = None,
    alone: str | None = None,
    **arguments: int | str,
) -> bool:
    """Put the job into the queue, in the caller's transaction.

    With `once`, nothing is added while a job with the same word waits; returns whether it was added. The word has to
    name all that the arguments name: of two with one word only one is done. Jobs `alone` under one word all run, one
    after another.
    """
    if company_id is not None:
        arguments["company_id"] = company_id
    try:
        with transaction.atomic():
            app.configure_task(name, queueing_lock=once, lock=once or alone).defer(**arguments)
    except exceptions.AlreadyEnqueued:
        return False
    return True
