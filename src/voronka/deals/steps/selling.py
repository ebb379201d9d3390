"""Steps that do something with the goods of a deal: hold them for a time, make an order of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field

from voronka.deals.ports import GoodsLine, HasGoods
from voronka.deals.services import holding
from voronka.deals.steps.planning import minutes_in_words
from voronka.kit import modules
from voronka.kit.errors import Refusal
from voronka.kit.steps import (
    Effect,
    Sentence,
    Setting,
    Step,
    StepContext,
    register_counter_entry,
    say,
    step,
)
from voronka.orders import services as orders


def _goods(context: StepContext) -> Sequence[GoodsLine]:
    return context.draft.capability(HasGoods).goods()  # type: ignore[type-abstract]  # a protocol


def _count_words(goods: Sequence[GoodsLine]) -> str:
    return ngettext("%(n)s product", "%(n)s products", len(goods)) % {"n": len(goods)}


@step
class HoldGoods(Step):
    """Hold the goods of the deal for the client for a time: nobody else is promised them meanwhile."""

    kind: ClassVar[str] = "deals.hold_goods"
    title: ClassVar[str] = gettext_lazy("hold the goods")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "lock"
    needs: ClassVar[frozenset[type]] = frozenset({HasGoods})
    settings: ClassVar[Mapping[str, Setting]] = {"minutes": Setting(gettext_lazy("For how long"), look="minutes")}

    minutes: int = Field(default=60 * 24, ge=5, le=60 * 24 * 60)

    def sentence(self) -> Sentence:
        """Say for how long."""
        return say(_("Hold the goods of the deal for {minutes}"), minutes=minutes_in_words(self.minutes))

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what would be held, and that a former hold gives way."""
        goods = [one for one in _goods(context) if one.variant_id is not None and not one.is_service]
        if not modules.is_on(context.actor, "stock") or not goods:
            return [Effect(holding.HELD, _("no goods to hold"), happens=False)]
        until = context.now + timedelta(minutes=self.minutes)
        words = _("held for %(time)s: %(goods)s")
        told = words % {"time": minutes_in_words(self.minutes), "goods": _count_words(goods)}
        return [Effect(holding.HELD, told, until)]

    def run(self, context: StepContext) -> list[Effect]:
        """Hold them, all or none; the press is the cause, by which undo lets them go."""
        effects = self.preview(context)
        if effects[0].happens and effects[0].at is not None:
            before = holding.held_until(context.subject.id)
            holding.hold(
                context.subject.id, _goods(context), effects[0].at, actor=context.actor, now=context.now,
                operation=context.cause,
            )  # fmt: skip
            if before is not None:
                effects.append(Effect(holding.FREED, _("in place of the former hold"), before))
        return effects


@step
class MakeOrder(Step):
    """Make an order of the goods of the deal: their prices and discounts as they stand, reserved from stock."""

    kind: ClassVar[str] = "deals.make_order"
    title: ClassVar[str] = gettext_lazy("make an order")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "shopping-cart"
    needs: ClassVar[frozenset[type]] = frozenset({HasGoods})
    settings: ClassVar[Mapping[str, Setting]] = {
        "short": Setting(
            gettext_lazy("When there is not enough"),
            words={
                "refuse": gettext_lazy("say so and make no order"),
                "backorder": gettext_lazy("order the rest from suppliers"),
            },
        ),
        "empty": Setting(
            gettext_lazy("When the deal has no goods"),
            words={"refuse": gettext_lazy("say so"), "pass": gettext_lazy("go on without an order")},
        ),
    }

    short: Literal["refuse", "backorder"] = "backorder"
    empty: Literal["refuse", "pass"] = "refuse"

    def sentence(self) -> Sentence:
        """Say it."""
        return say(
            _("Make an order of the goods; not enough: {short}"), short=str(self.settings["short"].words[self.short])
        )

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell of what the order would be."""
        goods = _goods(context)
        if not modules.is_on(context.actor, "orders"):
            return [Effect("order", _("orders are switched off"), happens=False)]
        if not goods and self.empty == "pass":
            return [Effect("order", _("no goods, no order"), happens=False)]
        if not goods:
            raise Refusal(_("The deal has no goods: put in what is ordered first."), code="no_goods")
        return [Effect("order", _("an order: %(goods)s") % {"goods": _count_words(goods)})]

    def run(self, context: StepContext) -> list[Effect]:
        """Place it; the press is its cause, by which undo cancels it. What was held goes into the order."""
        effects = self.preview(context)
        if not effects[0].happens:
            return effects
        before = holding.held_until(context.subject.id)
        if before is not None:
            holding.let_go(context.subject.id, actor=context.actor, now=context.now)
        draft = orders.OrderDraft(
            client_id=context.client_id,
            lines=[
                orders.LineDraft(
                    quantity=one.quantity, variant_id=one.variant_id, name=one.name, price=one.price,
                    discount=one.discount, vat=one.vat, unit=one.unit,
                )
                for one in _goods(context)
            ],
            channel="deal",
            subject=(context.subject.kind, context.subject.id),
        )  # fmt: skip
        order = orders.place(
            draft, actor=context.actor, now=context.now, operation=holding.order_operation(context.cause),
            on_short=self.short,
        )  # fmt: skip
        made = [Effect("order", _("order № %(number)s") % {"number": order.number})]
        if before is not None:
            made.append(Effect(holding.FREED, _("what was held is in the order"), before))
        return made


# The order first: what it had reserved is free again before a former hold is put back.
register_counter_entry("deals.orders", holding.take_back_orders)
register_counter_entry("deals.holds", holding.take_back_holds)
