"""Sites and batches for tests, made by the services and by the shapes that the script sends."""

import uuid
from datetime import datetime
from typing import Any

from voronka.kit.actors import Actor
from voronka.site.models import Site
from voronka.site.services import SiteDraft, save_site

SHOP = "https://shop.example"


def make_site(actor: Actor, now: datetime, **wanted: Any) -> Site:
    """Connect a site."""
    return save_site(actor=actor, draft=SiteDraft(**{"name": "Лавка", "origins": SHOP, **wanted}), now=now)


def batch_of(site: str, *events: dict[str, Any], visitor: str = "", **more: Any) -> dict[str, Any]:
    """Return a request of the script; events get ids and moments where they have none."""
    return {
        "site": site,
        "visitor": visitor or uuid.uuid4().hex,
        "sent": 1_000_000,
        "events": [{"id": uuid.uuid4().hex, "at": 1_000_000, **one} for one in events],
        **more,
    }
