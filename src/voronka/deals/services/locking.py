"""What every verb of a deal begins with: its row locked and read again, whose it is, when its client may be called."""

from django.utils.translation import gettext as _

from voronka.deals.models import Deal
from voronka.kit.db.hot import HotQuery
from voronka.kit.errors import Conflict, NotFound
from voronka.work import queries as hours

_LOCKED = HotQuery(
    lambda public_id: (
        Deal.objects.select_related("client", "stage", "pipeline", "open_task", "company", "responsible")
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
    ),
    public_id=str,
)


def locked_deal(public_id: str) -> Deal:
    """Lock the deal's row and read it with its client, stage and task as they are after the lock.

    No right is asked for here. Raises NotFound, and Conflict where it changed under five readings in a row.
    """
    for _attempt in range(5):
        deal = _LOCKED.first(public_id=public_id)
        if deal is None and not Deal.objects.filter(public_id=public_id).exists():
            raise NotFound(_("There is no such deal."))
        # A row that changed while we waited comes back without its new task or owner: read again under the lock.
        if deal is not None and all(
            (getattr(deal, f"{one}_id") is None) == (getattr(deal, one) is None)
            for one in ("open_task", "responsible")
        ):
            return deal
    raise Conflict(_("The deal is being changed by somebody else. Try again."))


def team_of(deal: Deal) -> int | None:
    """Return the team of the deal's responsible employee."""
    return deal.responsible.team_id if deal.responsible is not None else None


def require_seen(deal: Deal, seen_task_id: int | None) -> None:
    """Raise Conflict when the deal stands at another step than the page showed: somebody has worked on it."""
    if seen_task_id is not None and seen_task_id != deal.open_task_id:
        raise Conflict(_("This client has been worked on meanwhile. Here is the card anew."), code="moved_on")


def calling_hours(deal: Deal) -> hours.CallingHours:
    """Return when the deal's client may be called, of a deal that was read with its client and company."""
    return hours.CallingHours.of_client(deal.client, deal.company)
