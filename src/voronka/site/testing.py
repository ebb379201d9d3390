"""Sites and batches for tests, made by the services and by the shapes that the script sends."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from voronka.kit.actors import Actor
from voronka.site.models import Site, Visit, Visitor, Widget
from voronka.site.ports import Moment
from voronka.site.queries import widgets
from voronka.site.services import SiteDraft, helping, save_site, showing
from voronka.site.services.widgets import WidgetDraft, save_widget
from voronka.site.services.writing import write_visit

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


def visit_of(
    site: Site,
    *events: dict[str, Any],
    at: datetime,
    visitor: Visitor | None = None,
    head: dict[str, Any] | None = None,
    every: float = 1,
) -> Visit:
    """Write a visit as the collector does, by its own function of the database: `every` seconds between two events."""
    key = visitor.key if visitor is not None else uuid.uuid4()
    last = at + timedelta(seconds=max(len(events) - 1, 0) * every)
    told = [
        (number * every, one["kind"], {name: value for name, value in one.items() if name != "kind"})
        for number, one in enumerate(events)
    ]
    write_visit(site, key, told, begun=at, head=head or {})
    found = Visit.objects.select_related("visitor").filter(visitor__site=site, visitor__key=key)
    return found.filter(begun_at__lte=last).order_by("-begun_at")[0]


@dataclass
class Screen:
    """What shows widgets and opens the chat, for tests of scenarios: one thing at a time, until it is answered.

    With `takes_all` it shows whatever it is asked for: then the scenarios alone hold back.
    """

    open: str = ""
    takes_all: bool = False
    shown: list[tuple[str, str, datetime | None, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    known: dict[str, tuple[int, str]] = field(
        default_factory=lambda: {"teaser": (1, "Тизер"), "stop": (2, "Стоп-оффер"), "help": (3, "Помощь")}
    )

    def offer(
        self, *, moment: Moment, widget_id: int, key: str, ends_at: datetime | None = None, code: str = ""
    ) -> tuple[object | None, str]:
        """Show a widget, if nothing is open and it was not shown before."""
        if self._is_taken() or key in {one[1] for one in self.shown}:
            return None, "other"
        name = next(public for public, (pk, _words) in self.known.items() if pk == widget_id)
        self.open = key
        self.shown.append((name, key, ends_at, code))
        return self, ""

    def widgets(self) -> Sequence[tuple[str, str]]:
        """Return what there is to show."""
        return [(public, words) for public, (_pk, words) in self.known.items()]

    def find(self, public_id: str) -> int | None:
        """Return a widget's id."""
        return self.known[public_id][0] if public_id in self.known else None

    def stand_in(self, put: Callable[..., None]) -> "Screen":
        """Be what scenarios show on, by `monkeypatch.setattr`; return self."""
        put(showing, "offer_or_why", self.offer)
        put(showing, "note_refused", lambda *_of: None)
        put(helping, "speak", self.speak)
        put(widgets, "widgets_for_scenarios", self.widgets)
        put(widgets, "find_widget", self.find)
        return self

    def _is_taken(self) -> bool:
        return bool(self.open) and not self.takes_all

    def speak(self, *, moment: Moment, text: str, key: str) -> bool:
        """Open the chat, if nothing is open."""
        if self._is_taken():
            return False
        self.open = key
        self.said.append(text)
        return True


def make_visitor(site: Site, now: datetime, *, client_id: int | None = None, **visit: Any) -> Visitor:
    """Make a visitor with one visit."""
    row = Visitor.objects.create(site=site, key=uuid.uuid4(), first_at=now, client_id=client_id)
    Visit.objects.create(visitor=row, **{"number": 1, "begun_at": now, "last_at": now, **visit})
    return row


def moment_of(visitor: Visitor, kind: str, now: datetime, page: str = "/tables/1", **about: Any) -> Moment:
    """Return something that happens on a visitor's page."""
    client_id = Visitor.objects.values_list("client_id", flat=True).get(pk=visitor.pk)
    return Moment(visitor.site_id, visitor.pk, client_id, kind, page, "Europe/Moscow", "computer", now, about)


def make_widget(
    actor: Actor, site: Site, now: datetime, *, kind: str = "popup", name: str = "Скидка", **wanted: Any
) -> Widget:
    """Make a widget that is on."""
    content = {"title": "Скидка 5 %", **wanted.pop("content", {})}
    draft = WidgetDraft(kind=kind, name=name, content=content, is_on=True, **wanted)
    return save_widget(actor=actor, site=site.public_id, draft=draft, now=now)
