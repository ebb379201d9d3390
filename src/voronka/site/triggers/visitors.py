"""Visitors in automations: how they walk them, and what they do on a page that begins one at once."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.flows.ports import Found, Heard, MomentTrigger, Traveller
from voronka.flows.services import offer_traveller, trigger
from voronka.kit.actors import Actor
from voronka.kit.clocks import known_zones
from voronka.kit.steps import Sentence, Setting, say
from voronka.kit.subjects import Subject
from voronka.people import queries as people
from voronka.site.models import Visit, Visitor
from voronka.site.permissions import SEE
from voronka.site.queries import widgets
from voronka.site.queries.goods import categories_of, codes_told
from voronka.site.queries.visitors import visitors_seen
from voronka.site.services import staging
from voronka.site.services.acting import VisitorOpener, run_for, visitor_words
from voronka.site.services.retelling import Visits


def _client(visitor_id: int) -> int | None:
    return Visitor.objects.filter(pk=visitor_id).values_list("client_id", flat=True).first()


def _zone(visitor_id: int) -> str:
    client_id = _client(visitor_id)
    zone = people.zones_of([client_id]).get(client_id) if client_id else ""
    head = Visit.objects.filter(visitor=visitor_id).order_by("-begun_at").values_list("head", flat=True).first()
    told = zone or str((head or {}).get("zone", ""))
    return told if told in known_zones() else accounts.get_company_rules().zone


def _lock(visitor_id: int) -> None:
    client_id = _client(visitor_id)
    if client_id is not None:
        people.lock_clients([client_id])


def _found(row: Visitor) -> Found:
    return Found(row.pk, row.public_id, visitor_words(row))


def _find(actor: Actor, words: str) -> Sequence[Found]:
    """Find the latest visitors, of a client whom the words name."""
    if not actor.may(SEE):
        return []
    rows = Visitor.objects.filter(is_bot=False).select_related("client").order_by("-id")
    if words:
        rows = rows.filter(client__in=[one.pk for one in people.find_clients(actor, words, most=8)])
    return [_found(one) for one in rows[:8]]


def _pick(actor: Actor, public_id: str) -> Found | None:
    row = Visitor.objects.select_related("client").filter(public_id=public_id).first()
    return _found(row) if row is not None and visitors_seen(actor, [row.pk]) else None


offer_traveller(
    Traveller(
        "visitor", VisitorOpener, lambda: Visitor.objects.all(), _client, _zone, run_for, _find, _pick, visitors_seen,
        is_live=True, lock=_lock, replay=Visits(), categories=catalogue.category_names,
    )
)  # fmt: skip


class _OnPage(MomentTrigger):
    """The base of what is done on a page."""

    subject: ClassVar[str] = "visitor"
    settings: ClassVar[Mapping[str, Setting]] = {
        "page": Setting(
            gettext_lazy("Only on pages whose address begins with"), help=gettext_lazy("Such as /tables/; empty: any")
        )
    }

    page: str = Field(default="", max_length=200)

    def sentence(self) -> Sentence:
        """Say it, and where."""
        said = str(self.title)
        said = said[:1].upper() + said[1:]
        return say(_("{what} on pages {page}"), what=said, page=self.page) if self.page else [said]

    def fits(self, heard: Heard) -> bool:
        """Tell whether it was on such a page."""
        return heard.page.startswith(self.page)


def _categories(_where: Subject) -> Sequence[tuple[str, str]]:
    return [("", _("any category")), *catalogue.category_names()]


class _OfGoods(_OnPage):
    """The base of what is done with goods: those of a category and of all below it, by the catalogue."""

    settings: ClassVar[Mapping[str, Setting]] = {
        **_OnPage.settings,
        "category": Setting(
            gettext_lazy("Only goods of the category"), options=_categories, is_picked=True,
            help=gettext_lazy("And of those below it: by your catalogue, found by article or barcode"),
        ),
    }  # fmt: skip

    category: str = Field(default="", max_length=20)

    def sentence(self) -> Sentence:
        """Say it, where, and with which goods."""
        said = super().sentence()
        if not self.category:
            return said
        name = dict(catalogue.category_names()).get(self.category, _("(gone)"))
        return [*said, *say(_(": goods of {category}"), category=name)]

    def fits(self, heard: Heard) -> bool:
        """Tell whether any of the goods lies there."""
        if not super().fits(heard):
            return False
        if not self.category:
            return True
        stage = heard.near
        return isinstance(stage, staging.Stage) and self.category in categories_of(codes_told(stage.moment))


@trigger
class PageOpened(_OnPage):
    """A page was opened."""

    kind: ClassVar[str] = "site.page"
    title: ClassVar[str] = gettext_lazy("a visitor opens a page")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "world"
    code: ClassVar[str] = "page"


@trigger
class ProductOpened(_OfGoods):
    """A product was opened."""

    kind: ClassVar[str] = "site.product"
    title: ClassVar[str] = gettext_lazy("a visitor opens a product")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "tag"
    code: ClassVar[str] = "product"


@trigger
class BasketChanged(_OfGoods):
    """Something was put into the basket, or taken out."""

    kind: ClassVar[str] = "site.basket"
    title: ClassVar[str] = gettext_lazy("a visitor changes the basket")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "shopping-cart"
    code: ClassVar[str] = "basket"


@trigger
class ExitIntended(_OnPage):
    """The pointer leaves the page upwards."""

    kind: ClassVar[str] = "site.exit"
    title: ClassVar[str] = gettext_lazy("a visitor is about to leave the page")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "door-exit"
    code: ClassVar[str] = "exit"


@trigger
class Idle(_OnPage):
    """Nothing has moved on the page for a minute."""

    kind: ClassVar[str] = "site.idle"
    title: ClassVar[str] = gettext_lazy("a visitor does nothing for a minute")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "clock-pause"
    code: ClassVar[str] = "idle"


@trigger
class CheckoutOpened(_OnPage):
    """The checkout was opened."""

    kind: ClassVar[str] = "site.checkout"
    title: ClassVar[str] = gettext_lazy("a visitor opens the checkout")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "cash"
    code: ClassVar[str] = "checkout"


@trigger
class Bought(_OfGoods):
    """Something was bought."""

    kind: ClassVar[str] = "site.purchase"
    title: ClassVar[str] = gettext_lazy("a visitor has bought")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "check"
    code: ClassVar[str] = "purchase"


@trigger
class FormSent(_OnPage):
    """A form was sent."""

    kind: ClassVar[str] = "site.form"
    title: ClassVar[str] = gettext_lazy("a visitor sends a form")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "inbox"
    code: ClassVar[str] = "form"


@trigger
class Returned(_OnPage):
    """He is back: the first page of a visit that is not his first."""

    kind: ClassVar[str] = "site.returned"
    title: ClassVar[str] = gettext_lazy("a visitor comes back")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "repeat"
    code: ClassVar[str] = "returned"


@trigger
class NamedHimself(_OnPage):
    """He said who he is."""

    kind: ClassVar[str] = "site.identified"
    title: ClassVar[str] = gettext_lazy("a visitor says who he is")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "user-check"
    code: ClassVar[str] = "identify"


def _widgets(_where: Subject) -> Sequence[tuple[str, str]]:
    return [("", _("any widget")), *widgets.widgets_for_scenarios()]


class _Answered(MomentTrigger):
    """The base of how a visitor answers what was shown to him."""

    subject: ClassVar[str] = "visitor"
    settings: ClassVar[Mapping[str, Setting]] = {
        "widget": Setting(gettext_lazy("Widget"), options=_widgets, is_picked=True)
    }

    widget: str = Field(default="", max_length=12)

    def sentence(self) -> Sentence:
        """Say which widget."""
        said = str(self.title)
        name = dict(_widgets(Subject("visitor", 0))).get(self.widget, _("(gone)"))
        return say("{what}: {widget}", what=said[:1].upper() + said[1:], widget=name)

    def fits(self, heard: Heard) -> bool:
        """Tell whether it was this widget."""
        return not self.widget or heard.about.get("widget") == self.widget


@trigger
class Accepted(_Answered):
    """He did what the widget asks for."""

    kind: ClassVar[str] = "site.acted"
    title: ClassVar[str] = gettext_lazy("a visitor accepts what a widget offers")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "thumb-up"
    code: ClassVar[str] = staging.ANSWERS[0]


@trigger
class Closed(_Answered):
    """He closed the widget."""

    kind: ClassVar[str] = "site.closed"
    title: ClassVar[str] = pgettext_lazy("a trigger", "a visitor closes a widget")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "x"
    code: ClassVar[str] = staging.ANSWERS[1]
