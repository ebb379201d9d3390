"""What of the stock others may name: places and papers."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from voronka.kit.subjects import SubjectKind, register_subject
from voronka.stock.models import Document, Place
from voronka.stock.services.words import PAPER_KINDS, name_of


def _paper_page(pk: int) -> str:
    found = Document.objects.filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse("stock:paper", args=[found]) if found else ""


def _paper_names(ids: list[int]) -> dict[int, str]:
    rows = Document.objects.filter(pk__in=ids).values_list("id", "kind", "number")
    return {pk: f"{PAPER_KINDS[kind]} № {number}" for pk, kind, number in rows}


def _place_page(pk: int) -> str:
    found = Place.objects.filter(pk=pk, is_external=False).values_list("public_id", flat=True).first()
    return reverse("stock:place", args=[found]) if found else ""


def _place_names(ids: list[int]) -> dict[int, str]:
    return {pk: name_of(name) for pk, name in Place.objects.filter(pk__in=ids).values_list("id", "name")}


register_subject(SubjectKind("stock_document", gettext_lazy("Paper of the stock"), _paper_page, _paper_names))
register_subject(SubjectKind("place", gettext_lazy("Place"), _place_page, _place_names))
