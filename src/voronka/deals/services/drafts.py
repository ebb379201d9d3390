"""A deal in hand: steps change it in memory, the press writes it once, at the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.deals import ports
from voronka.deals.models import Deal, LossReason, Stage
from voronka.deals.queries.goods import lines_of
from voronka.kit import wording
from voronka.kit.errors import Invalid, Refusal
from voronka.work.queries import CallingHours, next_client_morning

C = TypeVar("C")

TAG_LIMIT = 30
# The columns a press may change; undo gives back each that still holds what the press wrote.
COLUMNS = (
    "stage_id",
    "stage_since",
    "misses",
    "tags",
    "sum",
    "responsible_id",
    "state",
    "loss_reason_id",
    "closed_at",
)


@dataclass(slots=True)
class DealDraft:
    """One deal and the changes that the steps of one press ask for.

    Implements every protocol of `ports`. Nothing is written here: `changed` and the planned next step are
    read by the press.
    """

    deal: Deal
    hours: CallingHours
    now: datetime
    next_step: ports.NextStep | None = None
    closed: bool = False
    comments: list[str] = field(default_factory=list)
    custom: dict[str, object] = field(default_factory=dict)
    own: dict[str, object] = field(default_factory=dict)
    loss_code: str = ""
    stage_names: dict[int, str] = field(default_factory=dict)
    _goods: Sequence[ports.GoodsLine] | None = None
    _before: dict[str, Any] = field(default_factory=dict)  # column values are of many types

    def __post_init__(self) -> None:
        self._before = {column: getattr(self.deal, column) for column in COLUMNS}
        self._before["tags"] = list(self.deal.tags)
        self.stage_names[self.deal.stage_id] = self.deal.stage.name

    def capability(self, wanted: type[C]) -> C:
        """Return the draft itself, which implements every capability of a deal; LookupError for others."""
        if not isinstance(self, wanted):
            raise LookupError(f"a deal offers no {wanted.__name__}")
        return self

    # -- what changed ---------------------------------------------------------------------------------

    def before(self) -> dict[str, Any]:
        """Return the columns as they were, those that changed only."""
        return {column: old for column, old in self._before.items() if getattr(self.deal, column) != old}

    # -- HasStage -------------------------------------------------------------------------------------

    def stage_name(self) -> str:
        """Return the name of the present stage."""
        return self.stage_names[self.deal.stage_id]

    def change_stage(self, public_id: str) -> str:
        """Move to a stage of the deal's pipeline, by public id; return its name. Raises Refusal `stage_gone`."""
        stage = Stage.objects.filter(public_id=public_id, pipeline_id=self.deal.pipeline_id).first()
        if stage is None:
            raise Refusal(
                _("The stage of this button is gone. Ask the head of sales to mend the button."), code="stage_gone"
            )
        self.stage_names[stage.pk] = stage.name
        if stage.pk != self.deal.stage_id:
            self.deal.stage_id, self.deal.stage_since = stage.pk, self.now
        return stage.name

    # -- HasNextStep ----------------------------------------------------------------------------------

    def set_next(self, step: ports.NextStep) -> None:
        """Plan the next step: one a press, and none after closing. Raises Refusal `two_endings`."""
        if self.next_step is not None or self.closed:
            raise Refusal(_("This button sets two next steps. Ask the head of sales to mend it."), code="two_endings")
        self.next_step = step

    def calling_hours(self) -> CallingHours:
        """Return when the client may be called."""
        return self.hours

    def within_calling_hours(self, at: datetime) -> datetime:
        """Return `at`, or the next moment at which the client may be called."""
        return self.hours.next_open(at)

    def next_client_morning(self, now: datetime) -> datetime:
        """Return the opening of the client's next working day."""
        return next_client_morning(self.hours, now)

    def client_zone(self) -> ZoneInfo:
        """Return the client's zone."""
        return ZoneInfo(self.deal.client.zone)

    # -- CountsMisses ---------------------------------------------------------------------------------

    def miss_count(self) -> int:
        """Return how many calls in a row were missed."""
        return self.deal.misses

    def set_misses(self, count: int) -> None:
        """Set the one miss counter of the deal."""
        self.deal.misses = count

    # -- HasTags --------------------------------------------------------------------------------------

    def add_tag(self, tag: str) -> bool:
        """Add a tag; tell whether the deal had not had it. Raises Refusal `too_many_tags` beyond thirty."""
        if tag in self.deal.tags:
            return False
        if len(self.deal.tags) >= TAG_LIMIT:
            raise Refusal(_("The deal has thirty tags already. Remove one first."), code="too_many_tags")
        self.deal.tags = [*self.deal.tags, tag]
        return True

    def remove_tag(self, tag: str) -> bool:
        """Remove a tag; tell whether the deal had it."""
        if tag not in self.deal.tags:
            return False
        self.deal.tags = [one for one in self.deal.tags if one != tag]
        return True

    # -- HasResponsible -------------------------------------------------------------------------------

    def assign(self, employee_id: int | None) -> None:
        """Make an employee responsible, or nobody."""
        self.deal.responsible_id = employee_id

    # -- HasFields ------------------------------------------------------------------------------------

    def present_sum(self) -> Decimal | None:
        """Return the sum of the deal."""
        return self.deal.sum

    def set_sum(self, amount: Decimal) -> None:
        """Set the sum of the deal, in its currency. Raises Invalid below zero, or `sum_of_goods`."""
        if amount < 0:
            raise Invalid(_("A sum cannot be below zero."), fields={"sum": _("A sum cannot be below zero.")})
        require_free_sum(self.deal, amount, "sum")
        self.deal.sum = amount

    def set_field(self, code: str, value: object) -> None:
        """Keep the value of a custom field of the client for the press to write."""
        self.custom[code] = value

    def set_own_field(self, code: str, value: object) -> None:
        """Keep the value of an own field of the deal for the press to write."""
        self.own[code] = value

    def comment(self, text: str) -> None:
        """Keep what the person wrote."""
        if text.strip():
            self.comments.append(text.strip())

    # -- HasGoods --------------------------------------------------------------------------------------

    def goods(self) -> Sequence[ports.GoodsLine]:
        """Return what is sold in the deal, read once; no statement for a deal without goods."""
        if self._goods is None:
            lines = lines_of(self.deal.pk) if self.deal.goods_count else []
            cards = catalogue.variants_by_ids([one.variant_id for one in lines if one.variant_id]) if lines else {}
            self._goods = [
                ports.GoodsLine(
                    name=one.name, quantity=one.quantity, price=one.price, discount=one.discount,
                    unit=one.unit, vat=one.vat if one.variant_id else "", variant_id=one.variant_id,
                    is_service=one.variant_id in cards and cards[one.variant_id].kind == "service",
                )
                for one in lines
            ]  # fmt: skip
        return self._goods

    # -- Closes ---------------------------------------------------------------------------------------

    def win(self) -> None:
        """Close as won. Raises Invalid where no sum above zero is known, Refusal `two_endings`."""
        if self.deal.goods_count and not self.deal.sum:
            raise Invalid(_("The goods come to nothing: set their prices first."), code="no_sum")
        if not self.deal.sum or self.deal.sum <= 0:
            raise Invalid(_("Type the sum that was paid."), fields={"sum": _("Type the sum that was paid.")})
        self._close(Deal.State.WON)

    def lose(self, reason_code: str) -> str:
        """Close as lost for a reason of the company's list, by code; return its name.

        Raises Invalid for a reason that is no longer in use, Refusal `two_endings`.
        """
        reason = LossReason.objects.filter(code=reason_code, is_active=True).first()
        if reason is None:
            raise Invalid(_("Choose a reason."), fields={"reason": _("This reason is no longer in the list.")})
        self.deal.loss_reason_id, self.loss_code = reason.pk, reason.code
        self._close(Deal.State.LOST)
        return reason.name

    def archive(self) -> None:
        """Close without a result. Raises Refusal `two_endings`."""
        self._close(Deal.State.ARCHIVED)

    def _close(self, state: Deal.State) -> None:
        if self.next_step is not None or self.closed:
            raise Refusal(_("This button sets two next steps. Ask the head of sales to mend it."), code="two_endings")
        self.closed = True
        self.deal.state, self.deal.closed_at = state, self.now


def require_free_sum(deal: Deal, amount: Decimal | None, place: str) -> None:
    """Raise Invalid `sum_of_goods` at `place` for another sum than a deal's goods come to: it follows them."""
    if deal.goods_count and amount != deal.sum:
        total = wording.money(deal.sum or 0, deal.currency, get_language() or "ru")
        message = _("The sum is what the goods come to, %(sum)s: change the goods.") % {"sum": total}
        raise Invalid(message, code="sum_of_goods", fields={place: message})


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Return column values as they are kept in a press: JSON, dates in ISO, sums as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, datetime | date):
            return value.isoformat()
        return str(value) if isinstance(value, Decimal) else value

    return {key: plain(value) for key, value in values.items()}


def from_json(column: str, value: Any) -> Any:
    """Return a kept column value as the model holds it."""
    if value is None:
        return None
    if column in {"stage_since", "closed_at"}:
        return datetime.fromisoformat(value)
    return Decimal(value) if column == "sum" else value
