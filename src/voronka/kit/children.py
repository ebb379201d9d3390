"""Child processes of our own code that help one job; free of Django, since children import this first."""

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process

_RARELY = (100_000, 20, 100)
_BEHIND = 5  # of nice: 0 is usual, 19 the last


def help_parent() -> None:
    """Make a child process ready: it ends with its parent, collects garbage rarely and steps back for others.

    It works ahead: whoever writes what it has read, and the pages that people wait for, go first on a busy machine.
    """
    gc.set_threshold(*_RARELY)
    if hasattr(os, "nice"):
        os.nice(_BEHIND)
    die_with_parent()


def die_with_parent() -> None:
    """End this child when its parent is gone, so that a killed worker leaves nothing running behind.

    Children of a pool wait on a pipe whose other end they hold themselves: they would never notice.
    """
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


@contextmanager
def rare_collection() -> Iterator[None]:
    """Look for cycles of garbage rarely inside of the block.

    Work on many thousands of small values, none of them in a cycle, spends half of its time in the collector.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
