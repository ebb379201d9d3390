"""What the editor of buttons shows beside the draft itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from voronka.deals.models import ButtonSet, Deal, Press, Stage


@dataclass(frozen=True, slots=True)
class PressCount:
    """How often a button was pressed and taken back; `reached` is the share, in percent, of the missed calls after
    which the client was reached, None for buttons that count no misses.
    """

    pressed: int
    undone: int
    reached: int | None


def list_stages(pipeline_id: int) -> list[Stage]:
    """Return the stages of a pipeline in their order."""
    return list(Stage.objects.filter(pipeline_id=pipeline_id).order_by("position"))


def button_counts(pipeline_id: int) -> dict[int, int]:
    """Return how many live buttons each stage of a pipeline has."""
    rows = ButtonSet.objects.filter(stage__pipeline_id=pipeline_id, state=ButtonSet.State.LIVE)
    counted = rows.annotate(n=RawSQL("jsonb_array_length(deals_buttonset.buttons)", []))
    return dict(counted.values_list("stage_id", "n"))


def press_counts(stage_id: int, button: str, *, since: datetime) -> PressCount:
    """Return the figures of a stage's button since a moment, over all versions of the buttons."""
    sets = list(ButtonSet.objects.filter(stage_id=stage_id).values_list("id", flat=True))
    rows = Press.objects.filter(button_set_id__in=sets, button=button, at__gte=since)
    talk = Press.objects.filter(deal=OuterRef("deal"), undone_at=None, pk__gt=OuterRef("pk"))
    talk = talk.exclude(result__in=["no_answer", "wrong_number", "step"])
    missed = Q(result="no_answer", undone_at=None)
    found = rows.aggregate(
        pressed=Count("id"),
        undone=Count("id", filter=~Q(undone_at=None)),
        missed=Count("id", filter=missed),
        reached=Count("id", filter=missed & Q(Exists(talk))),
    )
    share = round(100 * found["reached"] / found["missed"]) if found["missed"] else None
    return PressCount(found["pressed"], found["undone"], share)


def list_versions(stage_id: int, *, limit: int = 100) -> list[ButtonSet]:
    """Return the versions of a stage's buttons that are or were live, newest first."""
    rows = ButtonSet.objects.select_related("author").filter(stage_id=stage_id).exclude(state=ButtonSet.State.DRAFT)
    return list(rows.order_by("-version")[:limit])


def find_deal_of(client_id: int, pipeline_id: int) -> Deal | None:
    """Return the client's newest open deal in a pipeline, with what a dry run needs."""
    rows = Deal.objects.select_related("client", "stage", "pipeline", "company", "responsible", "open_task")
    return rows.filter(client_id=client_id, pipeline_id=pipeline_id, state=Deal.State.OPEN).order_by("-id").first()
