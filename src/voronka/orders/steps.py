"""What a status of orders may do, and any chain of steps on an order: reserve, split, pick, ship, ask for payment."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from voronka.accounts import queries as accounts
from voronka.flows.ports import Conversation, TalkStep
from voronka.kit import wording
from voronka.kit.errors import Conflict
from voronka.kit.steps import Effect, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject
from voronka.messaging import queries as messages
from voronka.messaging import services as messaging
from voronka.orders import services
from voronka.orders.models import Order, Shipment, Status
from voronka.orders.ports import HasOrder
from voronka.orders.services import proving
from voronka.people import queries as people


def _public_id(context: StepContext) -> str:
    return context.draft.capability(HasOrder).order_public_id()  # type: ignore[type-abstract]  # a protocol


def _left(order: Order) -> Decimal:
    """Return what is still to be paid: what came back is not, nor what of a cancelled order never left."""
    return order.owed - order.paid


def _order(context: StepContext) -> Order:
    return Order.objects.select_related("status").get(public_id=_public_id(context))


class _OnOrder(Step):
    """The base of steps on an order."""

    needs: ClassVar[frozenset[type]] = frozenset({HasOrder})


@step
class ReserveGoods(_OnOrder):
    """Promise what an order waits for, as far as it is there."""

    kind: ClassVar[str] = "orders.reserve"
    title: ClassVar[str] = gettext_lazy("reserve the goods")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "lock"

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Reserve what is not reserved yet"))

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what would be tried."""
        return [Effect("reserve", _("goods reserved as far as they are there"))]

    def run(self, context: StepContext) -> list[Effect]:
        """Make parts of what is missing, then promise what has come."""
        services.split(_public_id(context), actor=context.actor, now=context.now)
        done = services.reserve_waiting(_order(context).pk, actor=context.actor, now=context.now)
        return [Effect("reserve", _("parts of the order that are reserved now: %(n)d") % {"n": done})]


@step
class SplitOrder(_OnOrder):
    """Make parts of an order, each a task of its department."""

    kind: ClassVar[str] = "orders.split"
    title: ClassVar[str] = gettext_lazy("give the departments their tasks")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "arrows-split"

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Give the departments their tasks of this order"))

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what would be made."""
        return [Effect("split", _("tasks of departments"))]

    def run(self, context: StepContext) -> list[Effect]:
        """Make the parts that are missing."""
        parts = services.split(_public_id(context), actor=context.actor, now=context.now)
        return [Effect("split", _("tasks of departments: %(n)d") % {"n": len(parts)})]


@step
class PickOrder(_OnOrder):
    """Begin to pick an order."""

    kind: ClassVar[str] = "orders.pick"
    title: ClassVar[str] = gettext_lazy("begin to pick")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "package"

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Begin to pick"))

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what would begin."""
        return [Effect("pick", _("picking begins"))]

    def run(self, context: StepContext) -> list[Effect]:
        """Begin; where nothing new is promised there is nothing to do."""
        try:
            made = services.start_picking(
                _public_id(context), actor=context.actor, now=context.now, operation=uuid.uuid5(context.cause, "pick")
            )
        except Conflict as refusal:
            if refusal.code != "nothing_to_pick":
                raise
            return [Effect("pick", refusal.message, happens=False)]
        return [Effect("pick", _("picking begins: shipment № %(n)d") % {"n": one.number}) for one in made]


@step
class ShipOrder(_OnOrder):
    """Ship what is packed of an order."""

    kind: ClassVar[str] = "orders.ship"
    title: ClassVar[str] = gettext_lazy("ship what is packed")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "truck"

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Ship what is packed"))

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what would leave."""
        return [Effect("ship", _("what is packed leaves"))]

    def run(self, context: StepContext) -> list[Effect]:
        """Ship each packed shipment."""
        found = Shipment.objects.filter(order=_order(context), state=Shipment.State.PACKED).order_by("id")
        done = []
        for one in found:
            operation = uuid.uuid5(context.cause, one.public_id)
            services.ship(one.public_id, actor=context.actor, now=context.now, operation=operation)
            done.append(Effect("ship", _("shipment № %(n)d has left") % {"n": one.number}))
        return done or [Effect("ship", _("nothing is packed"), happens=False)]


@step
class AskPayment(_OnOrder):
    """Write to the client how much is to be paid for the order."""

    kind: ClassVar[str] = "orders.ask_payment"
    title: ClassVar[str] = gettext_lazy("ask for payment")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "cash"

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Ask the client for payment by a letter"))

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what would be asked."""
        order = _order(context)
        left = _left(order)
        if left <= 0:
            return [Effect("payment", _("nothing is left to pay"), happens=False)]
        verdict = messages.judge(context.client_id, "email", now=context.now, traffic="service")
        if verdict.kind == "refuse":
            return [Effect("payment", messages.no_letter_words(verdict.code))]
        money = wording.money(left, order.currency, context.actor.language)
        return [Effect("payment", _("letter: %(sum)s to be paid") % {"sum": money})]

    def run(self, context: StepContext) -> list[Effect]:
        """Write the letter in the language of the company."""
        effects, order = self.preview(context), _order(context)
        left = _left(order)
        if left <= 0:
            return effects
        with translation.override(accounts.get_company_rules().language):
            money = wording.money(left, order.currency, translation.get_language() or "ru")
            text = messaging.LetterText(
                people.main_email(context.client_id) or "",
                _("Payment of order № %(number)d") % {"number": order.number},
                _("To be paid for order № %(number)d: %(sum)s.") % {"number": order.number, "sum": money},
            )
        written = messaging.write_letter(
            actor=context.actor, client_id=context.client_id, text=text, now=context.now,
            origin=messaging.Origin("order", order.pk, context.cause),
        )  # fmt: skip
        return [Effect("payment", messages.no_letter_words(written.code))] if written.state == "refused" else effects


def _statuses(where: Subject) -> Sequence[tuple[str, str]]:
    rows = Status.objects.filter(is_on=True).order_by("position", "id")
    return list(rows.values_list("code", "name"))


@step
class SetOrderStatus(_OnOrder):
    """Bring an order to a status; what that status does is done as well."""

    kind: ClassVar[str] = "orders.set_status"
    title: ClassVar[str] = gettext_lazy("bring the order to a status")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "flag"
    settings: ClassVar[Mapping[str, Setting]] = {
        "status": Setting(gettext_lazy("Status"), options=_statuses, is_picked=True)
    }

    status: str = Field(max_length=40)

    def _name(self) -> str:
        return str(Status.objects.filter(code=self.status).values_list("name", flat=True).first() or "")

    def sentence(self) -> Sentence:
        """Say which."""
        return say(_("Bring the order to {status}"), status=f"«{self._name()}»" if self._name() else _("(gone)"))

    def problems(self) -> list[str]:
        """Report a status that is gone."""
        return [] if self._name() else [_("The status is gone: choose another.")]

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell where it would go."""
        return [Effect("status", _("status “%(name)s”") % {"name": self._name()})]

    def run(self, context: StepContext) -> list[Effect]:
        """Bring it there. A chain that goes in circles ends where the order stands already."""
        _moved, effects = services.set_status(
            _public_id(context),
            self.status,
            actor=context.actor,
            now=context.now,
            cause=_("by a step"),
            press=context.cause,
        )
        return [*self.preview(context), *effects]


@step
class TellStatus(TalkStep):
    """Tell how far an order is, to whom it belongs: the client of the talk, or who names the end of its phone.

    Of an order of somebody else, of a wrong proof and of no order at all the same is said. Guesses are counted.
    """

    kind: ClassVar[str] = "orders.talk_status"
    title: ClassVar[str] = gettext_lazy("tell the state of an order")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "truck-delivery"
    ways: ClassVar = {"found": pgettext_lazy("an exit", "told"), "wrong": gettext_lazy("not found, or not his")}
    settings: ClassVar[Mapping[str, Setting]] = {
        "number": Setting(gettext_lazy("Number of the order is in the answer")),
        "proof": Setting(
            gettext_lazy("The last four figures of the phone are in the answer"),
            help=gettext_lazy("Not asked of a client whom somebody has named in the talk"),
        ),
    }

    number: str = Field(default="number", pattern=r"^[a-z][a-z0-9_]{0,29}$")
    proof: str = Field(default="proof", pattern=r"^[a-z][a-z0-9_]{0,29}$")

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Tell the state of the order “{number}”"), number=self.number)

    def talk(self, conversation: Conversation, context: StepContext, heard: str | None) -> str:
        """Say it where it is his."""
        if context.dry:
            conversation.say(_("(The state of the order would be told here: this is a try.)"))
            return "found"
        typed = conversation.values.get(self.number, "").strip().lstrip("№# ").strip()
        proof = "".join(sign for sign in conversation.values.get(self.proof, "") if sign in "0123456789")
        order = proving.find_own(
            typed, proof=proof, client_id=conversation.client_id, talk_id=conversation.talk_id, now=context.now
        )
        if order is None:
            return "wrong"
        conversation.say(proving.state_words(order, conversation.language))
        return "found"
