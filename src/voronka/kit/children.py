"""Child processes of our own code that help one job; free of Django, since children import this first."""

import os
import threading
from multiprocessing import parent_process


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
