"""Addresses of sites."""

import uuid

from isolation_table import NOW, SECRET, Row, World

from voronka.catalogue.models import Variant
from voronka.kit.ids import new_public_id
from voronka.messaging.services import chat
from voronka.site.models import SeenGoods, Showing, Visit, VisitEvent, Visitor
from voronka.site.services.chatting import SiteChatDraft, reference, save_site_chat
from voronka.site.services.variants import add_variant
from voronka.site.testing import make_site, make_widget

SEE = "owner head manager marketer reader"
SET_UP = "owner head marketer"
SEE_TALK = "owner head manager"


def build(world: World) -> None:
    """Connect a site from which something has come."""
    site = make_site(world.owner, NOW, name=SECRET, origins="https://secret.example")
    world.kept["site"] = site.public_id
    visitor = Visitor.objects.create(site=site, key=uuid.uuid4(), first_at=NOW)
    world.kept["visitor"] = visitor.public_id
    basket = {"sum": 1, "lines": [{"name": SECRET, "price": 1}]}
    about = {"url": "/", "title": SECRET}
    visit = Visit.objects.create(
        visitor=visitor, number=1, begun_at=NOW, last_at=NOW, events=1, page=about, basket=basket, basket_at=NOW,
        head={"from": SECRET},
    )  # fmt: skip
    VisitEvent.objects.create(visit=visit, key=uuid.uuid4(), kind="page", at=NOW, about=about)
    variant = Variant.objects.order_by("id").first()
    if variant is not None:
        SeenGoods.objects.create(visit=visit, variant=variant, first_at=NOW)
    widget = make_widget(world.owner, site, NOW, name=SECRET, content={"title": SECRET})
    world.kept["widget"] = widget.public_id
    add_variant(actor=world.owner, public_id=widget.public_id, now=NOW)
    Showing.objects.create(
        public_id=new_public_id(), visitor=visitor, widget=widget, key=SECRET, rank=10, offered_at=NOW, shown_at=NOW
    )
    save_site_chat(
        actor=world.owner, public_id=site.public_id, draft=SiteChatDraft(is_on=True, greeting=SECRET), now=NOW
    )  # fmt: skip
    written = chat.Written(uuid.uuid4(), SECRET, visitor=reference(site.pk, visitor.key.hex))
    chat.save_chat(actor=world.owner, draft=chat.ChatDraft(is_on=True))
    world.kept["site_talk"] = chat.write(talk=None, written=written, now=NOW).public_id
    chat.save_chat(actor=world.owner, draft=chat.ChatDraft(is_on=False))


def _one(world: World):
    return {"public_id": world.kept["site"]}


def _widget(world: World):
    return {"public_id": world.kept["widget"]}


def _variant(world: World):
    return {"public_id": world.kept["widget"], "number": 2}


def _typed(world: World):
    return {"name": "Скидка", "c-title": "Скидка", "c-contact": "none", "c-minutes": "0", "r-when": "exit", **_RULE}


_RULE = {
    "r-number": "0", "r-visits": "all", "r-client": "all", "r-basket": "all", "r-often": "once", "r-days": "7",
}  # fmt: skip


def _act(world: World):
    return {"act": "off"}


def _ready(world: World):
    return {"ready": "popup_sale"}


def _look(world: World):
    return {
        "brand": "#112233", "corners": "8", "letters": "page", "shade": "page", "side": "left", "most_per_visit": "3",
        "gap_seconds": "120",
    }  # fmt: skip


def _sent(world: World):
    return {"name": "Лавка", "origins": "https://shop.example", "is_on": "on", "keep_days": "90"}


def _visitor(world: World):
    return {"public_id": world.kept["visitor"]}


ROWS = [
    Row("site:sites", roles=SEE),
    Row("site:site-new", roles=SET_UP),
    Row("site:site-new", "POST", roles=SET_UP, answer=(302,), data=_sent),
    Row("site:site", roles=SET_UP, args=_one),
    Row("site:site-edit", roles=SET_UP, args=_one),
    Row("site:site-edit", "POST", roles=SET_UP, answer=(302,), args=_one, data=_sent),
    Row("site:site-secret", "POST", roles=SET_UP, args=_one, data=lambda _world: {"act": "show"}),
    Row("site:visitors", roles=SEE),
    Row("site:visitor", roles=SEE, args=_visitor),
    Row("site:client-panel", roles=SEE, args=lambda world: {"public_id": world.kept["order_client_id"]}),
    Row("site:widgets", roles=SEE, args=_one),
    Row("site:widget-new", roles=SET_UP, args=_one),
    Row("site:widget-new", "POST", roles=SET_UP, answer=(302,), args=_one, data=_ready),
    Row("site:look", roles=SET_UP, args=_one),
    Row("site:look", "POST", roles=SET_UP, answer=(302,), args=_one, data=_look),
    Row("site:widget", roles=SET_UP, args=_widget),
    Row("site:widget", "POST", roles=SET_UP, answer=(302,), args=_widget, data=_typed),
    Row("site:widget-look", "POST", roles=SET_UP, args=_widget, data=_typed),
    Row("site:widget-test", roles=SEE, args=_widget),
    Row("site:widget-test", "POST", roles=SET_UP, answer=(302,), args=_widget, data=lambda _world: {"act": "add"}),
    Row("site:widget-variant", roles=SET_UP, args=_variant),
    Row("site:widget-variant", "POST", roles=SET_UP, answer=(302,), args=_variant, data=_typed),
    Row("site:widget-act", "POST", roles=SET_UP, answer=(302,), args=_widget, data=_act),
    Row("site:widget-script", is_open=True, args=lambda world: {"name": "stage"}),
    Row("site:site-chat", roles=SET_UP, args=_one),
    Row(
        "site:site-chat",
        "POST",
        roles=SET_UP,
        answer=(302,),
        args=_one,
        data=lambda _world: {"is_on": "on", "colour": "#2f4a3c", "side": "left"},
    ),
    Row("site:talk-visitor", roles=SEE_TALK, args=lambda world: {"public_id": world.kept["site_talk"]}),
]
