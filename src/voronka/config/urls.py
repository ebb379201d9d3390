"""All addresses, put together from the parts."""

from importlib.util import find_spec

from django.urls import include, path

from voronka.config.watching import healthz, healthz_work
from voronka.connect.api.assembly import api_urls

PARTS = (
    "kit", "accounts", "trials", "flows", "people", "work", "messaging", "catalogue", "stock", "loyalty", "orders",
    "billing", "care", "deals", "audience", "site", "connect",
)  # fmt: skip

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("healthz/work", healthz_work, name="healthz-work"),
    path("api/v1/", api_urls()),
    *(path("", include(f"voronka.{part}.urls")) for part in PARTS if find_spec(f"voronka.{part}.urls")),
    path("account/", include("voronka.accounts.urls.signing")),
]
