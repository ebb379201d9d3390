"""What a monitor asks: whether this process answers (/healthz), and whether the work behind the pages goes on.

Both addresses are open, so they tell nothing but yes or no; `voronka state` says what is wrong. The supervisor asks the
first one and starts anew what does not answer: a silent worker must not end a page server, so it is asked for apart.
"""

import threading
import time

import structlog
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = structlog.get_logger(__name__)
KEPT_SECONDS = 10.0  # an answer holds so long: whoever asks without end asks the database six times a minute
STUCK_SECONDS = 5.0  # events are numbered within one; an open transaction of the sequencer may take a few


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process lives and its database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


class Watch:
    """What this process has seen of the work, between two asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._goes_on, self._until = True, float("-inf")
        # The first event that had no number, and since when it is known to have none: 0 for none.
        self._unread, self._since = 0, 0.0

    def goes_on(self, moment: float) -> bool:
        """Tell whether a worker lives, events get their numbers and no listener is parked; `moment` is monotonic.

        The hour of an event says nothing of when it was committed, so a second look tells what stands still.
        """
        with self._lock:
            if moment >= self._until:
                self._goes_on, self._until = self._look(moment), moment + KEPT_SECONDS
            return self._goes_on

    def _look(self, moment: float) -> bool:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT is_alive, is_parked, unread FROM kit_work()")
                is_alive, is_parked, unread = cursor.fetchone()
        except Error:  # a connection that broke before is no DatabaseError
            log.exception("the work could not be looked at")
            return False
        if unread != self._unread:
            self._unread, self._since = unread, moment
        is_stuck = bool(unread) and moment - self._since >= STUCK_SECONDS
        return bool(is_alive) and not is_parked and not is_stuck


_watch = Watch()


@never_cache
@require_safe
@transaction.non_atomic_requests
def healthz_work(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the work behind the pages goes on, else 503, and nothing more: anybody may ask."""
    goes_on = _watch.goes_on(time.monotonic())
    return HttpResponse("ok" if goes_on else "not ok", content_type="text/plain", status=200 if goes_on else 503)
