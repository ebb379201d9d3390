"""Sites and visitors as subjects of events, and what letters may say of a visitor's basket."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from voronka.kit.subjects import SubjectKind, register_subject
from voronka.messaging.ports import register_accessories, register_basket_words
from voronka.site.models import Site, Visitor, Widget
from voronka.site.services.accessories import accessories_of
from voronka.site.services.basket_words import tell_basket


def _page(pk: int) -> str:
    return reverse("site:site", args=[Site.objects.values_list("public_id", flat=True).get(pk=pk)])


def _names(ids: list[int]) -> Mapping[int, str]:
    return dict(Site.objects.filter(pk__in=ids).values_list("id", "name"))


def _visitor_page(pk: int) -> str:
    return reverse("site:visitor", args=[Visitor.objects.values_list("public_id", flat=True).get(pk=pk)])


def _visitor_names(ids: list[int]) -> Mapping[int, str]:
    rows = Visitor.objects.filter(pk__in=ids).values_list("id", "public_id")
    return {pk: gettext("Visitor %(sign)s") % {"sign": public_id[:4]} for pk, public_id in rows}


def _widget_page(pk: int) -> str:
    return reverse("site:widget-test", args=[Widget.objects.values_list("public_id", flat=True).get(pk=pk)])


def _widget_names(ids: list[int]) -> Mapping[int, str]:
    return dict(Widget.objects.filter(pk__in=ids, is_gone=False).values_list("id", "name"))


register_subject(SubjectKind("site", _("site"), _page, _names))
register_subject(SubjectKind("visitor", _("visitor"), _visitor_page, _visitor_names))
register_subject(SubjectKind("widget", _("widget"), _widget_page, _widget_names))
register_basket_words(tell_basket)
register_accessories(accessories_of)
