"""The ledger of moves, and what is kept of its sums: balances, lots, worth."""

from django.db import models
from django.utils import timezone

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.stock.models.places import Place


class Lot(CompanyModel):
    """A batch of a variant, or one piece of it with a serial number."""

    variant = CompanyForeignKey("catalogue.Variant", related_name="+", db_index=False)
    number = models.CharField(max_length=80)
    is_serial = models.BooleanField(default=False)
    expires = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "variant", "number"], name="stock_lot_number"),
            models.CheckConstraint(condition=~models.Q(number=""), name="stock_lot_has_number"),
        ]
        indexes = [
            models.Index(
                fields=["company", "expires"], condition=models.Q(expires__isnull=False), name="stock_lot_expires"
            )
        ]


class Move(CompanyModel):
    """Goods went from one place to another: the ledger, to which lines are only added.

    `value` is the cost of all of them in the company's money, to the kopeck. `at` is when it happened, `made_at` when
    it was written. One operation is one act of somebody; sent again, it has no other effect. `line` counts the lines of
    the operation, `asked_line` is the number that whoever asked for it knows it by.
    """

    append_only = True
    keep_history = False

    operation = models.UUIDField()
    line = models.PositiveIntegerField()
    asked_line = models.BigIntegerField(null=True)
    document_kind = models.CharField(max_length=20)
    document_id = models.BigIntegerField(null=True)
    variant = CompanyForeignKey("catalogue.Variant", related_name="+", db_index=False)
    lot = CompanyForeignKey(Lot, null=True, related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    source = CompanyForeignKey(Place, related_name="+", db_index=False)
    target = CompanyForeignKey(Place, related_name="+", db_index=False)
    value = models.DecimalField(max_digits=16, decimal_places=2)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "operation", "line"], name="stock_move_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="stock_move_quantity"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="stock_move_value"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="stock_move_elsewhere"),
        ]
        indexes = [
            models.Index(fields=["company", "variant", "-id"], name="stock_move_variant"),
            models.Index(fields=["company", "document_kind", "document_id"], name="stock_move_document"),
            models.Index(fields=["company", "at"], name="stock_move_at"),
        ]


class Balance(CompanyModel):
    """How many of a variant lie in a place, and how many of them are promised. Written by the SQL of this part only.

    External places have balances as well, so that the sum over all places is zero; theirs are below it or above.
    One that `is_touched` has changed since the sum of its good was kept (GoodsSum): whoever writes it marks it in the
    same statement.
    """

    keep_history = False

    variant = CompanyForeignKey("catalogue.Variant", related_name="+", db_index=False)
    place = CompanyForeignKey(Place, related_name="+", db_index=False)
    is_external = models.BooleanField(default=False)
    on_hand = models.DecimalField(max_digits=16, decimal_places=3, default=0)
    reserved = models.DecimalField(max_digits=16, decimal_places=3, default=0)
    is_touched = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "variant", "place"], name="stock_balance_once"),
            models.CheckConstraint(
                condition=models.Q(is_external=True, reserved=0)
                | models.Q(is_external=False, on_hand__gte=0, reserved__gte=0, reserved__lte=models.F("on_hand")),
                name="stock_balance_true",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "place", "variant"], name="stock_balance_place"),
            models.Index(
                fields=["company", "variant"], condition=models.Q(is_touched=True), name="stock_balance_touched"
            ),
        ]


class LotBalance(CompanyModel):
    """How many of a lot lie in a place of the company."""

    keep_history = False

    lot = CompanyForeignKey(Lot, related_name="+", db_index=False)
    place = CompanyForeignKey(Place, related_name="+")
    is_serial = models.BooleanField(default=False)
    on_hand = models.DecimalField(max_digits=16, decimal_places=3, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "lot", "place"], name="stock_lotbalance_once"),
            models.UniqueConstraint(
                fields=["company", "lot"],
                condition=models.Q(is_serial=True, on_hand__gt=0),
                name="stock_lotbalance_serial_once",
            ),
            models.CheckConstraint(
                condition=models.Q(on_hand__gte=0) & (models.Q(is_serial=False) | models.Q(on_hand__lte=1)),
                name="stock_lotbalance_true",
            ),
        ]


class Worth(CompanyModel):
    """What all pieces of a variant that the company has are worth by their cost."""

    keep_history = False

    variant = CompanyForeignKey("catalogue.Variant", related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=16, decimal_places=3, default=0)
    value = models.DecimalField(max_digits=18, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "variant"], name="stock_worth_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, value__gte=0) | models.Q(quantity=0, value=0),
                name="stock_worth_true",
            ),
        ]


class CostLayer(CompanyModel):
    """What has come in at one cost and is not gone: the oldest goes first, where cost is counted so."""

    keep_history = False

    variant = CompanyForeignKey("catalogue.Variant", related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    value = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0, value__gte=0), name="stock_costlayer_true"),
        ]
        indexes = [models.Index(fields=["company", "variant", "id"], name="stock_costlayer_order")]


class Reservation(CompanyModel):
    """Goods promised to somebody: `holder_kind` and `holder_id` name the record, `holder_line` its line.

    Held goods come free at `expires_at`; allocated ones wait to be shipped. Rows of a state that is an end stay as
    they are: a part that was shipped or let go has a row of its own.
    """

    keep_history = False

    class State(models.TextChoices):
        """What has become of the promise."""

        HELD = "held"
        ALLOCATED = "allocated"
        RELEASED = "released"
        EXPIRED = "expired"
        SHIPPED = "shipped"

    operation = models.UUIDField()
    holder_kind = models.CharField(max_length=20)
    holder_id = models.BigIntegerField()
    holder_line = models.BigIntegerField(default=0)
    variant = CompanyForeignKey("catalogue.Variant", related_name="+", db_index=False)
    place = CompanyForeignKey(Place, related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    state = models.CharField(max_length=9, choices=State, default=State.HELD)
    expires_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="stock_reservation_quantity"),
        ]
        indexes = [
            models.Index(fields=["company", "holder_kind", "holder_id"], name="stock_reservation_holder"),
            models.Index(fields=["company", "operation"], name="stock_reservation_operation"),
            models.Index(
                fields=["company", "variant", "place"],
                condition=models.Q(state__in=["held", "allocated"]),
                name="stock_reservation_live",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state="held", expires_at__isnull=False),
                name="stock_reservation_due",
            ),
        ]
