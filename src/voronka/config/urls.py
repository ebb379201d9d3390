"""All addresses, put together from the parts."""

from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from voronka.connect.api.assembly import api_urls


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process lives and its database answers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


PARTS = (
    "kit", "accounts", "trials", "flows", "people", "work", "messaging", "catalogue", "stock", "loyalty", "orders",
    "billing", "care", "deals", "audience", "site", "connect",
)  # fmt: skip

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", api_urls()),
    *(path("", include(f"voronka.{part}.urls")) for part in PARTS if find_spec(f"voronka.{part}.urls")),
    path("account/", include("voronka.accounts.urls.signing")),
]
