"""Addresses of sites."""

import uuid

from isolation_table import NOW, SECRET, Row, World

from voronka.site.models import Visit, VisitEvent, Visitor
from voronka.site.testing import make_site

SEE = "owner head manager marketer reader"
SET_UP = "owner head marketer"


def build(world: World) -> None:
    """Connect a site from which something has come."""
    site = make_site(world.owner, NOW, name=SECRET, origins="https://secret.example")
    world.kept["site"] = site.public_id
    visitor = Visitor.objects.create(site=site, key=uuid.uuid4(), first_at=NOW)
    visit = Visit.objects.create(visitor=visitor, number=1, begun_at=NOW, last_at=NOW, events=1)
    about = {"url": "/", "title": SECRET}
    VisitEvent.objects.create(visit=visit, key=uuid.uuid4(), kind="page", at=NOW, about=about)


def _one(world: World):
    return {"public_id": world.kept["site"]}


def _sent(world: World):
    return {"name": "Лавка", "origins": "https://shop.example", "is_on": "on", "keep_days": "90"}


ROWS = [
    Row("site:sites", roles=SEE),
    Row("site:site-new", roles=SET_UP),
    Row("site:site-new", "POST", roles=SET_UP, answer=(302,), data=_sent),
    Row("site:site", roles=SET_UP, args=_one),
    Row("site:site-edit", roles=SET_UP, args=_one),
    Row("site:site-edit", "POST", roles=SET_UP, answer=(302,), args=_one, data=_sent),
]
