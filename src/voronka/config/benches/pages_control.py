"""The control of the bench of pages: a view that asks the database for each row of a list by itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from voronka.config.urls import urlpatterns as product
from voronka.kit.screens import signed_in
from voronka.people.models import Client, ContactPoint


@signed_in
def row_by_row(request: HttpRequest) -> HttpResponse:
    """Tell the phones of thirty clients, each by a statement of its own."""
    ids = list(Client.objects.order_by("-id").values_list("id", flat=True)[:30])
    found = [ContactPoint.objects.filter(client_id=one).values_list("value", flat=True).first() for one in ids]
    return HttpResponse("\n".join(filter(None, found)), content_type="text/plain")


urlpatterns = [path("bench/row-by-row", row_by_row), *product]
