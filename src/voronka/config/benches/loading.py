"""One load of the import bench, in a process of its own: tells its times, its peak of memory and its counts."""

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path


def main(company_id: int, employee_id: int, path: Path, duplicates: str) -> None:
    """Check and load the file as the background jobs do, and print what it took."""
    import django

    django.setup()
    from django.db import transaction

    from voronka.accounts import queries as accounts
    from voronka.config.benches.processor import taken
    from voronka.kit.tenancy import company_context
    from voronka.people.models import ImportRun
    from voronka.people.services import imports

    now = datetime.now(UTC)
    actor = accounts.find_actor(company_id, employee_id)
    assert actor is not None
    with company_context(company_id, employee_id=employee_id, origin="import"):
        with path.open("rb") as source:
            run = imports.start_import(actor=actor, source=source, name=path.name, now=now)
        options = {**run.options, "duplicates": duplicates}
        imports.choose_columns(
            actor=actor, public_id=run.public_id, mapping=run.mapping, options=options, in_background=False
        )
    with company_context(company_id, origin="import"):
        began = time.perf_counter()
        imports.check(run.pk)
        checked = time.perf_counter()
        imports.begin_run(actor=actor, public_id=run.public_id, now=now, in_background=False)
        at, before = time.perf_counter(), taken()
        imports.load(run.pk)
        ended, processor = time.perf_counter(), taken()
        with transaction.atomic():
            run = ImportRun.objects.get(pk=run.pk)
    peak = sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )  # KiB on Linux, of this process and of the largest of those it started
    counts = {name: getattr(run, name) for name in ("made", "updated", "skipped", "rejected", "asked")}
    if run.state != "done":
        raise SystemExit(f"the run ended {run.state}: {run.error}")
    told = {"run_id": run.pk, "seconds": ended - at, "check_seconds": checked - began, "peak_mib": peak / 1024,
            "counts": counts, "processor": processor.per(before, run.done_rows)}  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
