"""What pages ask of the stage, and what its module is told of a site."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.ids import new_public_id
from voronka.kit.tenancy import current_company_id
from voronka.loyalty import queries as codes
from voronka.loyalty import services as loyalty
from voronka.site import ports
from voronka.site.models import Showing, Widget
from voronka.site.rules.batches import SHAPES, BadBatch, read_key
from voronka.site.rules.stage import read_rules
from voronka.site.rules.widgets import public_content, read_look
from voronka.site.services import staging
from voronka.site.services.helping import hearing
from voronka.site.services.replies import act, hold_typed
from voronka.site.services.showing import find_visitor, leave, next_for, show_asked, stage_of, tell

MOST_AGAIN = 3_600
_ONCE = uuid.UUID("2b8c1f0e-93c4-4d0b-8f27-5a1f6f0d7c35")
# What a kind shows beside its content: of the showing, by its public content. Returns more of it.
Dresser = Callable[[Showing, ports.OpenCall], Mapping[str, Any]]
_dressers: dict[str, Dresser] = {}


def register_dresser(kind: str, dress: Dresser) -> None:
    """Register what adds to the content of a kind when it is shown: prices, shops, numbers of the moment."""
    _dressers[kind] = dress


def told_of_site(site_id: int, now: datetime) -> Mapping[str, Any] | None:
    """Return what the script's module `stage` is told of a site; None where it has neither widgets nor scenarios."""
    rows = list(Widget.objects.filter(site=site_id, is_on=True, is_gone=False).order_by("id"))
    hears = staging.is_hearing()
    if not rows and not hears:
        return None
    told = []
    for one in rows:
        rules = read_rules(one.rules)
        if rules.when == "scenario":
            continue
        told.append(
            {
                "id": one.public_id, "when": rules.when, "number": rules.number, "paths": rules.paths,
                "but": rules.but, "goods": rules.goods or bool(rules.categories), "devices": rules.devices,
            }
        )  # fmt: skip
    # Whoever may not be followed gets what he opens himself, and nothing else.
    return {"widgets": told, "look": look_of(site_id), "hears": hears, "asked": bool(rows)}


def look_of(site_id: int) -> dict[str, Any]:
    """Return how the widgets of a site look."""
    return read_look(stage_of(site_id).look)


def answer_next(asked: ports.OpenCall) -> Mapping[str, Any]:
    """Answer what a visitor sees next: `kind` is what happened on the page, `about` what the page says of itself."""
    visitor = find_visitor(asked)
    left = asked.text("left", 20)
    if left:
        leave(visitor.pk, left, asked.now)
    kind = asked.text("kind", 10)
    moment = moment_of(asked, visitor.pk, visitor.client_id, kind if kind in SHAPES else "tick")
    fired = asked.about.get("fired")
    own = [one for one in fired if isinstance(one, str)] if isinstance(fired, list) else []
    with hearing() as said:
        found, again, over = next_for(moment, own)
    seconds = None if again is None else max(1, min(MOST_AGAIN, round((again - asked.now).total_seconds())))
    show = None if found is None else shown(found, asked)
    more = ({"chat": True} if said.anything else {}) | ({"over": over} if over else {})
    return {"show": show, "again": seconds} | more


def moment_of(asked: ports.OpenCall, visitor_id: int, client_id: int | None, kind: str) -> ports.Moment:
    """Return what happened on a page, as scenarios hear it."""
    about = asked.about.get("about")
    return ports.Moment(
        asked.site_id, visitor_id, client_id, kind, asked.text("page", 500).split("?")[0].split("#")[0], asked.zone,
        asked.device, asked.now, about if isinstance(about, Mapping) else {}, asked.address,
    )  # fmt: skip


def known_by_page(asked: ports.OpenCall) -> ports.OpenCall:
    """Give the call of a visitor who may not be followed the key that his page made itself (`once`). Raises Invalid.

    It lives no longer than the page, and is never the key of somebody who is followed, whatever was sent.
    """
    if asked.visitor and not asked.about.get("once"):
        return asked
    try:
        key = read_key(asked.about.get("once"))
    except BadBatch:
        raise Invalid(_("This cannot be done.")) from None
    return replace(asked, visitor=uuid.uuid5(_ONCE, f"{asked.site_id} {key}").hex, is_followed=False)


def answer_open(asked: ports.OpenCall) -> Mapping[str, Any]:
    """Answer a visitor who has pressed what opens a widget, whether he may be followed or not. Raises NotFound."""
    asked = known_by_page(asked)
    visitor = find_visitor(asked)
    widget = Widget.objects.filter(
        site=asked.site_id, public_id=asked.text("widget", 20), is_on=True, is_gone=False
    ).first()
    moment = moment_of(asked, visitor.pk, visitor.client_id, "tick")
    key = f"asked {new_public_id()}"
    found = None
    if widget is not None:
        found = show_asked(moment=moment, widget_id=widget.pk, key=key, has_end=asked.is_followed)
    if found is None:
        raise NotFound(_("This is shown no more."))
    return {"show": shown(found, asked)}


def shown(row: Showing, asked: ports.OpenCall) -> dict[str, Any]:
    """Return a showing as its module needs it. Moments are told as differences: clocks of visitors may be years off."""
    dress = _dressers.get(row.widget.kind)
    return {
        "id": row.public_id, "kind": row.widget.kind, "rank": row.rank, "asked": row.is_asked,
        "content": public_content(row.content) | dict(dress(row, asked) if dress is not None else {}),
        "left": None if row.ends_at is None else max(0, round((row.ends_at - asked.now).total_seconds() * 1000)),
        "whole": None if row.ends_at is None else round((row.ends_at - row.offered_at).total_seconds() * 1000),
        "again": row.shown_at is not None, "told": row.did.get("told"),
    }  # fmt: skip


def answer_told(asked: ports.OpenCall) -> Mapping[str, Any]:
    """Take from a page what became of a showing: shown, closed, or acted with its answers.

    Returns what the act brought. Raises NotFound, Invalid, and the Refusal of what the visitor wanted.
    """
    asked = known_by_page(asked)
    what = asked.text("what", 10)
    if what == "acted":
        answers = asked.about.get("answers")
        given = answers if isinstance(answers, Mapping) else {}
        hold_typed(given)
        visitor = find_visitor(asked)
        told = act(asked=asked, visitor_id=visitor.pk, public_id=asked.text("showing", 20), answers=given)
        _pass_on(asked, visitor.pk, what)
        return told
    if what not in ("shown", "closed"):
        raise Invalid(_("This cannot be done."))
    visitor = find_visitor(asked)
    if tell(visitor_id=visitor.pk, public_id=asked.text("showing", 20), what=what, now=asked.now) is None:
        raise NotFound(_("This is shown no more."))
    if what == "closed":
        _pass_on(asked, visitor.pk, what)
    return {}


def _pass_on(asked: ports.OpenCall, visitor_id: int, what: str) -> None:
    """Let scenarios hear that a showing was answered: one may wait for that. Told twice, it is heard once."""
    rows = Showing.objects.select_related("widget", "visitor")
    row = rows.filter(visitor=visitor_id, public_id=asked.text("showing", 20)).first()
    if row is None or not asked.is_followed:
        return
    moment = ports.Moment(
        asked.site_id, visitor_id, row.visitor.client_id, what, row.page, asked.zone, asked.device, asked.now,
        {"id": row.public_id, "key": row.key, "widget": row.widget.public_id}, asked.address,
    )  # fmt: skip
    staging.hear(moment)


def dress_price(row: Showing, asked: ports.OpenCall) -> Mapping[str, Any]:
    """Return what is looked at, with its price before and after the discount, where both are known for certain.

    The price is the catalogue's own; goods that it has not are shown without one.
    """
    good = row.about.get("product") or {}
    code = str(good.get("code") or "")
    if not good.get("name"):
        return {}
    told: dict[str, Any] = {"good": str(good["name"])}
    found = catalogue.ids_by_codes([code]).get(code) if code else None
    price = catalogue.price_now([found], at=asked.now).get(found) if found is not None else None
    # A code that a scenario gave along is of its own promo.
    promo = codes.promo_of(row.code) if row.code else row.content.get("promo", "")
    if price is None or found is None or not promo:
        return told
    actor = Actor.system(current_company_id(), origin="widget")
    taken = loyalty.would_take(promo, [loyalty.Line(found, price)], now=asked.now, actor=actor)
    if taken > Decimal(0):
        currency = accounts.get_company_rules().currency
        told["price"] = {"was": price, "now": price - taken, "currency": currency}
    return told


for _kind in ("stop", "popup", "teaser"):
    register_dresser(_kind, dress_price)
