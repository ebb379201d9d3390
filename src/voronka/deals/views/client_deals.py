"""The block of deals on a client's card: what is next with him, then his deals, open ones first."""

from datetime import UTC, datetime

from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from voronka.deals.models import Deal
from voronka.deals.permissions import OPEN_DEALS, PRESS, SEE_DEALS
from voronka.deals.queries.desk import live_buttons, visible
from voronka.deals.queries.pipelines import count_stages
from voronka.deals.services.locking import team_of
from voronka.deals.views.deals import row_piece
from voronka.deals.views.desk import recall_button, seen_address
from voronka.kit import wording
from voronka.kit.actors import Actor, Reach
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries as people

# The newest deals on a client's card, open ones first; older ones are found in the list.
CLIENT_DEALS = 20


@require_GET
@signed_in
def client_deals(request: HttpRequest, public_id: str) -> HttpResponse:
    """List a client's deals on his card, with the nearest step and the way to open another deal."""
    actor = actor_of(request)
    if actor.reach(SEE_DEALS) is Reach.NONE:
        actor.require(SEE_DEALS)
    client = people.get_client(actor, public_id)
    found = Deal.objects.filter(visible(actor), client=client)
    deals = _newest(found)
    stages = count_stages([one.pipeline_id for one in deals])
    now = datetime.now(UTC)
    steps = [one for one in deals if one.open_task is not None]
    next_one = min(steps, key=lambda one: one.open_task.ready_at, default=None)
    context = {
        "client": client,
        "rows": [{**row_piece(one, actor, now), **_track(one, stages[one.pipeline_id])} for one in deals],
        "facts": _facts(found, actor),
        "next": next_one,
        "later_url": _later_url(next_one, actor) if next_one is not None else "",
        "now": now,
        "my_zone": actor.zone.key,
        "new_url": f"{reverse('deals:deal-new')}?client={client.public_id}" if actor.may(OPEN_DEALS) else "",
    }
    return render(request, "deals/client_deals.html", context)


def _later_url(deal: Deal, actor: Actor) -> str:
    """Return the address that asks for another time of the next step; empty where no button does that or he may not."""
    if not actor.may(PRESS, owner_id=deal.responsible_id, team_id=team_of(deal)):
        return ""
    recall = recall_button(live_buttons(deal.stage_id), actor)
    return seen_address("deals:press-ask", deal, recall.key) if recall is not None else ""


def _newest(found: QuerySet[Deal]) -> list[Deal]:
    closed = Case(When(state=Deal.State.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = found.select_related("client", "stage", "pipeline", "responsible", "open_task", "loss_reason")
    return list(rows.order_by(closed, "-id")[:CLIENT_DEALS])


def _track(deal: Deal, stages: int) -> dict[str, int]:
    """Return where on the scale of its stages a deal stands; a won one has passed them all."""
    return {"dot": stages + 1 if deal.state == Deal.State.WON else deal.stage.position + 1, "of": stages}


def _facts(found: QuerySet[Deal], actor: Actor) -> str:
    """Say "2 open for 226 500 ₽, 4 closed"; empty when there is no deal."""
    groups = found.order_by().values_list("state", "currency").annotate(count=Count("id"), total=Sum("sum"))
    is_open, is_closed, sums = 0, 0, []
    for state, currency, count, total in groups.order_by("state", "currency"):
        if state != Deal.State.OPEN:
            is_closed += count
            continue
        is_open += count
        if total and actor.sees("deal.sum"):
            sums.append(wording.money(total, currency, actor.language))
    said = []
    if is_open:
        words = ngettext("%(n)s open", "%(n)s open", is_open) % {"n": wording.number(is_open, actor.language)}
        said.append(_("%(count)s for %(sums)s") % {"count": words, "sums": ", ".join(sums)} if sums else words)
    if is_closed:
        words = ngettext("%(n)s closed", "%(n)s closed", is_closed)
        said.append(words % {"n": wording.number(is_closed, actor.language)})
    return ", ".join(said)
