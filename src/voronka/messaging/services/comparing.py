"""A campaign of several texts is an A/B test: who was sent which, and which text brings more by head."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from voronka.messaging.models import Campaign, Message
from voronka.messaging.services.row_writing import Row
from voronka.trials import queries as trial_queries
from voronka.trials import services as trials

# How long sending may take beside the window in which orders count.
SENDING_DAYS = 14
MOST_DAYS = 180


def open_test(row: Campaign, *, now: datetime) -> None:
    """Begin the test of a campaign that begins, if it has something to compare."""
    variants = list(row.variants.select_related("template").order_by("number"))
    if len(variants) < 2:
        return
    window = max(row.window_days, 1)
    draft = trials.TrialDraft(
        "letter", row.pk, row.name, [trials.ArmDraft(one.template.name, one.share) for one in variants],
        window_days=window, most_days=min(window + SENDING_DAYS, MOST_DAYS), planned=max(row.total, 1),
    )  # fmt: skip
    trials.open_trial(draft, by=row.run_by_id, now=now)


@transaction.atomic
def compared(rows: Sequence[Row]) -> set[int]:
    """Return the campaigns of rows that are tests: they began before their rows were made."""
    ids = {one.cause_id for one in rows if one.cause_kind == "campaign" and one.cause_id is not None}
    return set(trial_queries.trials_of("letter", sorted(ids))) if ids else set()


def note_handed(rows: Sequence[Message] | Sequence[Row], *, now: datetime) -> None:
    """Note which text is handed over to whom: what becomes of it then may be the text's own doing."""
    found: dict[int, list[trials.Shown]] = {}
    for one in rows:
        if one.cause_kind == "campaign" and one.cause_id is not None and one.client_id is not None and one.variant:
            shown = trials.Shown(f"client:{one.client_id}", one.variant, one.client_id)
            found.setdefault(one.cause_id, []).append(shown)
    if found:
        trials.note_shown_in("letter", found, now=now)
