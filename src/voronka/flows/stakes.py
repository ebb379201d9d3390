"""What automations do when the client of a walk changes fate."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import ngettext

from voronka.flows.models import Matched, Run
from voronka.kit.stakes import Moved, Stake, changed, move_rows, register_stake

INSIDE = ("running", "failed")


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients who have walked an automation."""
    return {
        one for one in Run.objects.filter(client_id__in=ids).values_list("client_id", flat=True) if one is not None
    }


def tell(ids: Sequence[int]) -> list[str]:
    """Say in how many automations they are."""
    count = Run.objects.filter(client_id__in=ids, state__in=INSIDE).count()
    return (
        [ngettext("%(n)d walk of an automation", "%(n)d walks of automations", count) % {"n": count}] if count else []
    )


def lock(ids: Sequence[int]) -> None:
    """Lock the walks in key order."""
    list(Run.objects.select_for_update().filter(client_id__in=ids).order_by("id").values_list("id", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give the walks to the client who stays; where both are in one automation, his own goes on."""
    own = Run.objects.filter(subject_kind="client", state__in=INSIDE)
    taken = set(own.filter(subject_id=to).values_list("automation_id", flat=True))
    stopped = []
    for run in own.filter(subject_id__in=ids).order_by("id"):
        if run.automation_id in taken:
            stopped.append(run)
        taken.add(run.automation_id)
    done = []
    if stopped:
        now = timezone.now()
        Run.objects.filter(pk__in=[run.pk for run in stopped]).update(
            state=Run.State.STOPPED, why="merged", ended_at=now
        )
        done.append(changed(Run, "state", [(run.pk, run.state, Run.State.STOPPED.value) for run in stopped]))
        done.append(changed(Run, "why", [(run.pk, run.why, "merged") for run in stopped]))
        done.append(changed(Run, "ended_at", [(run.pk, None, now.isoformat()) for run in stopped]))
    done += move_rows(Run, "client_id", ids, to)
    done += move_rows(Run, "subject_id", ids, to, where={"subject_kind": "client"})
    of_clients = {"automation__subject": "client"}
    return done + move_rows(Matched, "subject_id", ids, to, once=("automation_id",), where=of_clients)


def leave(ids: Sequence[int]) -> None:
    """Let them out."""
    Run.objects.filter(client_id__in=ids, state__in=INSIDE).update(
        state=Run.State.LEFT, why="gone", due_at=None, awaits="", ended_at=timezone.now()
    )


def erase(ids: Sequence[int]) -> None:
    """Let them out, and blank what steps said of them: that and when something happened stays."""
    leave(ids)
    Run.objects.filter(client_id__in=ids).update(error="", kept={})
    with connection.cursor() as cursor:
        cursor.execute("SELECT flows_forget_words(%s)", [list(ids)])


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give the walks as plain values, for the data's owner."""
    for run in Run.objects.filter(client_id__in=ids).select_related("automation").order_by("id"):
        yield {
            "automation": run.automation.name, "entered": run.entered_at.isoformat(), "state": run.state,
            "ended": run.ended_at.isoformat() if run.ended_at else None,
            "steps": [
                {"at": one.at.isoformat(), "what": one.code, "effects": [each["words"] for each in one.effects]}
                for one in run.steps.order_by("number")
            ],
        }  # fmt: skip


register_stake(
    Stake(
        "client",
        "flows",
        frozenset({"flows.Run", "flows.Matched"}),
        touched=touched,
        tell=tell,
        lock=lock,
        move=move,
        shelve=leave,
        erase=erase,
        export=export,
    )
)
