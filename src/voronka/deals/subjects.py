"""The deal as a subject of events, tasks and files."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.deals.models import Deal
from voronka.deals.queries.desk import visible
from voronka.deals.services.handing import HandedDeal
from voronka.deals.services.sold import SoldDeal
from voronka.kit.actors import Actor
from voronka.kit.files import register_reader
from voronka.kit.sold import Sold
from voronka.kit.subjects import SubjectKind, register_subject
from voronka.people import queries as people
from voronka.people.ports import register_holder
from voronka.work.ports import About, HandsOver, register_about


def _page(deal_id: int) -> str:
    return reverse("deals:deal-detail", args=[Deal.objects.values_list("public_id", flat=True).get(pk=deal_id)])


def _names(ids: list[int]) -> Mapping[int, str]:
    rows = Deal.objects.filter(pk__in=ids).values_list("id", "title", "client__name")
    return {pk: title or client for pk, title, client in rows}


def _find_deal(actor: Actor, public_id: str) -> About | None:
    deal = Deal.objects.select_related("client").filter(visible(actor), public_id=public_id).first()
    return _about(actor, deal) if deal is not None else None


def _view_deals(actor: Actor, ids: Sequence[int]) -> Sequence[About]:
    rows = Deal.objects.select_related("client").filter(visible(actor), pk__in=ids)
    return [_about(actor, deal) for deal in rows]


def _about(actor: Actor, deal: Deal) -> About:
    client = people.name_shown(actor, deal.client.name)
    name = f"{deal.title} · {client}" if deal.title else client
    return About("deal", deal.pk, deal.public_id, deal.client_id, name)


def _may_read(actor: Actor, deal_id: int) -> bool:
    return Deal.objects.filter(visible(actor), pk=deal_id).exists()


register_about("deal", _find_deal, _view_deals)
register_reader("deal", _may_read)
register_holder("deal", lambda code: Deal.objects.filter(fields__has_key=code).exists())
register_subject(SubjectKind("deal", _("deal"), _page, _names, {HandsOver: HandedDeal, Sold: SoldDeal}))
