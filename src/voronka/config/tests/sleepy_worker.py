"""A real worker with two more jobs: one sleeps through its first run and ends at once in the next, one breaks once."""

import os
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings_test")

if __name__ == "__main__":
    import django

    django.setup()
    from voronka.config import worker
    from voronka.kit import jobs

    log = Path(os.environ["SLEEPY_LOG"])

    @jobs.job("tests.sleep")
    def sleep_first() -> None:
        """Write down that a run began; only the first one sleeps."""
        with log.open("a") as file:
            file.write("begun\n")
        if log.read_text().count("begun") == 1:
            time.sleep(float(os.environ["SLEEPY_SECONDS"]))
        with log.open("a") as file:
            file.write("done\n")

    @jobs.job("tests.break", retry=2)
    def break_first() -> None:
        """Write down that a run began; the first one raises."""
        with log.open("a") as file:
            file.write("begun\n")
        if log.read_text().count("begun") == 1:
            raise ConnectionRefusedError
        with log.open("a") as file:
            file.write("done\n")

    worker.run(pace=0.5)
