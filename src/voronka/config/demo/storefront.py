"""The demo company's shop on the web: its goods in the catalogue, its site, and what its server may know.

Each verb does nothing where it has been done: a demo company of an earlier version gets its shop at the next start.
"""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from django.utils import translation

from voronka.catalogue import services as catalogue
from voronka.catalogue.models import Category, Product, Variant
from voronka.catalogue.rules.barcodes import control_digit
from voronka.catalogue.services import ProductDraft, VariantDraft
from voronka.config.demo.variants import compare_bars
from voronka.config.storefront.goods import Choice, Goods, read_range
from voronka.config.storefront.setting import Person, Setting, Way, write_setting
from voronka.connect.models import ApiKey
from voronka.connect.rules import scopes
from voronka.connect.services.keys import make_key, revoke_key
from voronka.flows import services as flows
from voronka.flows.services import drawing, ready
from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.loyalty.queries.referrals import get_terms
from voronka.loyalty.services import PromoDraft, save_promo
from voronka.loyalty.services.referral_terms import TermsDraft, save_terms
from voronka.orders import queries as orders
from voronka.orders.models import Order
from voronka.orders.services.setup import ship_settings
from voronka.people.models import Client, ContactPoint
from voronka.site.events import SiteSaved
from voronka.site.models import Site, Widget
from voronka.site.services import SiteDraft, save_site
from voronka.site.services.chatting import SiteChatDraft, save_site_chat
from voronka.site.services.ready import ready_widgets
from voronka.site.services.widgets import WidgetDraft, save_stage, save_widget
from voronka.stock import services as stock
from voronka.stock.models import Place
from voronka.stock.services import Incoming

NAME = "Ладная кухня: магазин"
TOP = "Магазин на сайте"
GREEN = "#2f4a3a"
SCOPES = (
    scopes.GOODS_READ, scopes.STOCK_READ, scopes.CLIENTS_READ, scopes.LEADS_WRITE, scopes.ORDERS_READ,
    scopes.ORDERS_WRITE,
)  # fmt: skip
_CUSTOMERS = 3


def furnish(*, actor: Actor, now: datetime) -> None:
    """Put the shop's goods into the catalogue, with prices, barcodes and pieces in the first selling place."""
    goods = read_range().goods
    if Variant.objects.filter(code=goods[0].choices()[0].code).exists():
        return
    catalogue.ship_kinds()
    top = Category.objects.filter(name=TOP, parent=None).first() or catalogue.save_category(actor=actor, name=TOP)
    below = {
        one.slug: catalogue.save_category(actor=actor, name=one.name, parent=top.public_id).public_id
        for one in read_range().categories
    }
    made = {one.slug: _product(one, number, below[one.category], actor, now) for number, one in enumerate(goods)}
    for one in goods:
        others = [made[slug].public_id for slug in one.goes_with]
        catalogue.set_related(actor=actor, product=made[one.slug].public_id, kind="accessory", others=others)
    _lay_in(actor, now)


def _product(goods: Goods, number: int, category: str, actor: Actor, now: datetime) -> Product:
    choices = goods.choices()
    draft = ProductDraft(
        name=goods.name, category=category, brand="Ладная кухня", description=goods.lead,
        variants=tuple(
            VariantDraft(code=one.code, options=goods.options_of(one), barcodes=(_barcode(number, place),))
            for place, one in enumerate(choices)
        ),
    )  # fmt: skip
    product = catalogue.save_product(actor=actor, draft=draft, now=now)
    for variant in product.variants.order_by("position", "id"):
        price = goods.sizes[_size(choices, variant.code)][1]
        catalogue.set_price(
            actor=actor, variant=variant.public_id, kind="retail", amount=Decimal(price), now=now, confirmed=True
        )  # fmt: skip
    return product


def _size(choices: list[Choice], code: str) -> int:
    return next(one.size for one in choices if one.code == code)


def _barcode(number: int, place: int) -> str:
    body = f"4606{8_000_000 + number * 100 + place:08d}"
    return body + control_digit(body)


def _lay_in(actor: Actor, now: datetime) -> None:
    place = Place.objects.filter(is_selling=True).order_by("priority", "id").first()
    known = dict(Variant.objects.filter(code__startswith="LK-").values_list("code", "id"))
    lying = [
        Incoming(known[code], Decimal(goods.pieces), Decimal(goods.sizes[choice.size][1]) * Decimal("0.55"))
        for code, (goods, choice) in read_range().by_code().items()
        if goods.pieces and code in known
    ]
    if place is not None:
        stock.receive(lying, place.pk, actor=actor, now=now, operation=uuid4())


def connect_site(*, actor: Actor, origins: list[str], now: datetime) -> Site:
    """Connect the shop's site, or let its pages come from these origins too."""
    site = Site.objects.filter(name=NAME).first()
    if site is None:
        draft = SiteDraft(name=NAME, origins="\n".join(origins), takes_contacts=True)
        return save_site(actor=actor, draft=draft, now=now)
    missing = [one for one in origins if one not in site.origins]
    if missing:
        # What the owner has set since stays; of his addresses the newest are kept.
        site.origins = [*missing, *site.origins][:20]
        site.version += 1
        site.save(update_fields=["origins", "version"])
        publish(SiteSaved(site_id=site.pk, is_new=False, is_on=site.is_on), at=now)
    return site


def lead_friends(*, actor: Actor, site: Site, origin: str, now: datetime) -> None:
    """Let links of clients lead to where the shop stands now, unless the owner has named a page of his own."""
    terms, page = get_terms(), f"{origin}/"
    if not terms.is_on or terms.page == page or (terms.page and terms.page.rstrip("/") not in site.origins):
        return
    draft = TermsDraft(
        is_on=True, percent=terms.percent, days=terms.days, cap=terms.cap, earned_by=terms.earned_by,
        gift=terms.gift.public_id if terms.gift else "", gift_days=terms.gift_days, page=page,
        touch_days=terms.touch_days, pays=terms.pays, code_days=terms.code_days,
    )  # fmt: skip
    save_terms(actor=actor, draft=draft, now=now)


def hang_widgets(*, actor: Actor, site: Site, now: datetime) -> None:
    """Hang the widgets of the shop, its chat and the auto-funnel that shows them: who walks through it meets each."""
    if Widget.objects.filter(site=site).exists():
        return
    look = {"brand": GREEN, "corners": 10}
    save_stage(actor=actor, site=site.public_id, look=look, most_per_visit=5, gap_seconds=30, now=now)
    draft = PromoDraft(name="Скидка на час с сайта", is_batch=True, amount=Decimal(5), with_terms=False)
    promo = save_promo(actor=actor, draft=draft, now=now).public_id
    made = {}
    for code in ("teaser_product", "stop_discount"):
        one = ready_widgets("ru")[code]
        by_scenario = {**one.rules, "when": "scenario", "number": 0}
        draft_of = WidgetDraft(kind=one.kind, name=one.name, content=one.content, rules=by_scenario, is_on=True)
        made[code] = save_widget(actor=actor, site=site.public_id, draft=draft_of, now=now).public_id
    save_site_chat(
        actor=actor, public_id=site.public_id, now=now,
        draft=SiteChatDraft(is_on=True, greeting="Спросите про стол: размеры, масло, доставка.", colour=GREEN),
    )  # fmt: skip
    row = ready.take(actor=actor, code="shop_funnel", now=now)
    for node, settings in (
        ("n4", {"widget": made["teaser_product"], "rank": "teaser"}),
        ("n6", {"widget": made["stop_discount"], "rank": "offer"}),
        ("n14", {}),
    ):
        minutes = 10_080 if node == "n14" else 60
        drawing.set_node(
            actor=actor, public_id=row.public_id, rev=drawing.drawn_of(row).rev, node=node, now=now,
            settings={**settings, "promo": promo, "minutes": minutes},
        )  # fmt: skip
    # Half of the visitors see the teaser: whether it is worth it, money says.
    drawing.set_node(
        actor=actor, public_id=row.public_id, rev=drawing.drawn_of(row).rev, node="n3", now=now,
        settings={"shares": [50, 50], "is_test": True},
    )  # fmt: skip
    flows.publish_map(actor=actor, public_id=row.public_id, rev=drawing.drawn_of(row).rev, now=now)
    flows.switch(actor=actor, public_id=row.public_id, is_on=True, now=now)


def open_shop(*, actor: Actor, origins: list[str], home: Path, now: datetime) -> Setting:
    """Furnish and connect the shop, make its key anew, and write what its server may know; return that."""
    with translation.override("ru"):
        furnish(actor=actor, now=now)
        ship_settings()
        site = connect_site(actor=actor, origins=origins, now=now)
        lead_friends(actor=actor, site=site, origin=origins[0], now=now)
        hang_widgets(actor=actor, site=site, now=now)
        compare_bars(actor=actor, site=site, now=now)
        for old in ApiKey.objects.filter(name=NAME, revoked_at=None):
            revoke_key(actor=actor, public_id=old.public_id, now=now)
        _row, key = make_key(actor=actor, name=NAME, scopes=SCOPES, days=None, now=now)
    setting = Setting(
        site=site.public_id, secret=site.secret, key=key, people=_customers(),
        deliveries=tuple(
            Way(one.public_id, one.name, str(one.cost), needs_address=one.kind != "pickup")
            for one in orders.list_delivery()
        ),
        payments=tuple(Way(one.public_id, one.name) for one in orders.list_payment()),
    )  # fmt: skip
    write_setting(home, setting)
    return setting


def _customers() -> tuple[Person, ...]:
    """Return a few people who can be reached by phone and by letter, those who have ordered first."""
    buyers = Order.objects.filter(phase="done").values("client_id")
    found = Client.objects.filter(kind=Client.Kind.PERSON, pk__in=buyers).order_by("id")
    reached = found.filter(contacts__kind="email").filter(contacts__kind="phone").distinct()[:_CUSTOMERS]
    return tuple(Person(one.public_id, one.name, _first(one, "email"), _first(one, "phone")) for one in reached)


def _first(client: Client, kind: str) -> str:
    row = ContactPoint.objects.filter(client=client, kind=kind).order_by("position", "id").first()
    return "" if row is None else row.value
