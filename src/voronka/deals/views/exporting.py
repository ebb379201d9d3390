"""The list of deals as a file: a right of its own, written down in the log of exports."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from voronka.accounts import services as accounts
from voronka.deals.models import Deal
from voronka.deals.queries import lists
from voronka.deals.queries.asked import asked_of
from voronka.deals.views.filters import query_words, require_list
from voronka.deals.views.own_values import OWN, Column, names_in, own_columns, own_plain
from voronka.kit.actors import Actor
from voronka.kit.facets import facets_of
from voronka.kit.listfile import ListFile, handed_over
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables.writers import Writable

CHUNK = 500


@require_GET
@signed_in
def deal_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the list of deals as a file, with the filters of its page and the fields that the actor may see."""
    actor = actor_of(request)
    require_list(actor)
    asked, known, now = asked_of(request.GET), facets_of("deal", actor), datetime.now(UTC)
    found = lists.search_deals(actor, asked, now=now, known=known).rows
    columns = [one for one in own_columns(known) if one.code.startswith(OWN) or one.code in asked.columns]
    made = ListFile(
        what="deal",
        name=_("deals"),
        heads=[*_heads(actor), *(one.name for one in columns)],
        count=lambda most: found.order_by()[:most].count(),
        rows=lambda: _rows(lists.walk_deals(actor, asked, now=now, known=known), columns, actor),
        query=query_words(asked, known, actor),
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))


def _heads(actor: Actor) -> list[str]:
    heads = [_("Client"), _("What about"), _("Pipeline"), _("Stage"), _("State"), _("Responsible")]
    heads += [_("Sum"), _("Currency")] if actor.sees("deal.sum") else []
    heads += [_("Goods, lines")] if actor.sees("deal.goods") else []
    heads += [_("Next step"), _("Opened on"), _("Closed on"), _("Reason")]
    return heads + ([_("Tags")] if actor.sees("deal.tags") else [])


def _rows(deals: Iterator[Deal], columns: Sequence[Column], actor: Actor) -> Iterator[list[Writable]]:
    while chunk := list(islice(deals, CHUNK)):
        names = names_in(chunk, columns)
        for deal in chunk:
            own = [own_plain(one.held(deal), one.kind, deal.currency, actor, names) for one in columns]
            yield [*_row(deal, actor), *own]


def _states() -> dict[str, str]:
    return {
        "open": pgettext("deals", "open"),
        "won": _("won"),
        "lost": _("lost"),
        "archived": _("in the archive"),
    }


def _row(deal: Deal, actor: Actor) -> list[Writable]:
    state = _states().get(deal.state, "")
    row: list[Writable] = [deal.client.name, deal.title, deal.pipeline.name, deal.stage.name, state]
    row.append(deal.responsible.name if deal.responsible is not None else "")
    if actor.sees("deal.sum"):
        row += [deal.sum, deal.currency]
    if actor.sees("deal.goods"):
        row.append(deal.goods_count)
    row.append(deal.open_task.title if deal.open_task is not None else "")
    row.append(deal.made_at.astimezone(actor.zone).date())
    row.append(deal.closed_at.astimezone(actor.zone).date() if deal.closed_at is not None else None)
    row.append(deal.loss_reason.name if deal.loss_reason is not None else "")
    return row + ([", ".join(deal.tags)] if actor.sees("deal.tags") else [])
