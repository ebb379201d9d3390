"""What a scenario may ask of the catalogue: goods found by words, with price and whether they are there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from voronka.accounts import queries as accounts
from voronka.catalogue import ports
from voronka.catalogue.queries import VariantCard, find_variants, price_now
from voronka.flows.ports import Conversation, TalkStep
from voronka.kit import wording
from voronka.kit.steps import Sentence, Setting, StepContext, say, step

MOST_SHOWN = 5
TRIES = 3
NAME_SHAPE = r"^[a-z][a-z0-9_]{0,29}$"


@step
class FindGoods(TalkStep):
    """Find goods by words and let one be chosen; what is written instead of a choice is looked for in turn."""

    kind: ClassVar[str] = "catalogue.talk_goods"
    title: ClassVar[str] = gettext_lazy("find goods")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "package"
    ways: ClassVar = {
        "chosen": pgettext_lazy("an exit", "chosen"),
        "none": pgettext_lazy("goods", "nothing found or chosen"),
    }
    gives: ClassVar[Mapping[str, type]] = {"product": str, "product_code": str, "product_price": str}
    settings: ClassVar[Mapping[str, Setting]] = {
        "query": Setting(gettext_lazy("What is looked for is in the answer")),
        "most": Setting(gettext_lazy("How many are shown"), help=gettext_lazy("1 to 5, the best first")),
        "only_there": Setting(gettext_lazy("Only what can be sold now")),
    }

    query: str = Field(default="query", pattern=NAME_SHAPE)
    most: int = Field(default=4, ge=1, le=MOST_SHOWN)
    only_there: bool = False

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Find goods by “{query}” and let one be chosen"), query=self.query)

    def talk(self, conversation: Conversation, context: StepContext, heard: str | None) -> str:
        """Show what is found, take a choice; another text is another search, three in all."""
        memo = conversation.memo
        if heard is not None:
            shown = memo.get("shown", [])
            found = _chosen(heard, [str(one["title"]) for one in shown])
            if found is not None:
                one = shown[found]
                conversation.values |= {
                    "product": str(one["name"]), "product_code": str(one["code"]), "product_price": str(one["price"]),
                }  # fmt: skip
                return "chosen"
            if heard.strip().casefold() == _("None of these").casefold() or memo.get("tries", 0) >= TRIES:
                return "none"
            conversation.values[self.query] = heard.strip()[:200]
        return self._show(conversation)

    def _show(self, conversation: Conversation) -> str:
        memo = conversation.memo
        memo["tries"] = int(memo.get("tries", 0)) + 1
        words = conversation.values.get(self.query, "")
        rows = find_variants(words, most=4 * MOST_SHOWN, on_sale=True) if words else []
        has = ports.available([one.id for one in rows])
        if self.only_there:
            rows = [one for one in rows if has.get(one.id, Decimal(1)) > 0]
        rows = rows[: self.most]
        prices = price_now([one.id for one in rows])
        if not rows:
            return "none"
        currency, shown = accounts.get_company_rules().currency, []
        for one in rows:
            price = prices.get(one.id)
            said = wording.money(price, currency, conversation.language) if price is not None else ""
            shown.append({"name": one.name, "code": one.code, "price": said, "title": _title(one, said)})
        memo["shown"] = shown
        lines = [
            f"{one.name}: {row['price'] or _('price on request')}, {_there(has.get(one.id))}"
            for one, row in zip(rows, shown, strict=True)
        ]
        buttons = [str(one["title"]) for one in shown]
        conversation.say("\n".join([_("This is what I have found:"), *lines]), [*buttons, _("None of these")])
        return ""


def _title(card: VariantCard, price: str) -> str:
    name = card.name if len(card.name) <= 40 else f"{card.name[:39]}…"
    return f"{name}, {price}" if price else name


def _there(count: Decimal | None) -> str:
    if count is None:  # a service, which nobody counts
        return _("on sale")
    return _("in stock") if count > 0 else _("to order")


def _chosen(text: str, titles: list[str]) -> int | None:
    said = " ".join(text.split()).casefold()
    for at, title in enumerate(titles):
        if said == title.casefold():
            return at
    number = said.rstrip(".)")
    return int(number) - 1 if number.isascii() and number.isdecimal() and 0 < int(number[:3]) <= len(titles) else None
