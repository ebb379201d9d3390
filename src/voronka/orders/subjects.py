"""The order as a subject of events, tasks and papers."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.kit.subjects import SubjectKind, register_subject
from voronka.orders.models import Order


def _page(order_id: int) -> str:
    return reverse("orders:order", args=[Order.objects.values_list("public_id", flat=True).get(pk=order_id)])


def _names(ids: list[int]) -> Mapping[int, str]:
    rows = Order.objects.filter(pk__in=ids).values_list("id", "number")
    return {pk: _("Order № %(number)d") % {"number": number} for pk, number in rows}


register_subject(SubjectKind("order", gettext_lazy("order"), _page, _names))
