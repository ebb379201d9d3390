"""What has to be done for an order, what leaves, what comes back."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.orders.models.orders import Order, OrderLine


class OrderPart(CompanyModel):
    """One piece of the work on an order, done by a department; `task` stands in its queue.

    `department` is the key of the department's pool; `document` what moves the goods, where something does.
    """

    class Kind(models.TextChoices):
        """What has to be done."""

        RESERVE = "reserve"
        PURCHASE = "purchase"
        PRODUCTION = "production"
        TRANSFER = "transfer"
        PICK = "pick"
        SHIPMENT = "shipment"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        DOING = "doing"
        DONE = "done"
        CANCELLED = "cancelled"

    public_id = PublicIdField()
    order = CompanyForeignKey(Order, on_delete=models.CASCADE, related_name="parts", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    line = CompanyForeignKey(OrderLine, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    variant = CompanyForeignKey("catalogue.Variant", null=True, related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    source = CompanyForeignKey("stock.Place", null=True, related_name="+", db_index=False)
    target = CompanyForeignKey("stock.Place", null=True, related_name="+", db_index=False)
    department = models.CharField(max_length=60, blank=True)
    task = CompanyForeignKey("work.Task", null=True, related_name="+", db_index=False)
    document = CompanyForeignKey("stock.Document", null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0), name="orders_part_quantity"
            )
        ]
        indexes = [
            models.Index(fields=["company", "order", "id"], name="orders_part_order"),
            models.Index(
                fields=["company", "variant"],
                condition=models.Q(state__in=["waiting", "doing"]),
                name="orders_part_variant",
            ),
            models.Index(fields=["company", "task"], condition=models.Q(task__isnull=False), name="orders_part_task"),
        ]


class Shipment(CompanyModel):
    """Goods of an order that leave one place together."""

    class State(models.TextChoices):
        """How far it is."""

        PICKING = "picking"
        PACKED = "packed"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        CANCELLED = "cancelled"

    public_id = PublicIdField()
    operation = models.UUIDField()
    number = models.PositiveIntegerField()
    order = CompanyForeignKey(Order, on_delete=models.CASCADE, related_name="shipments", db_index=False)
    place = CompanyForeignKey("stock.Place", related_name="+", db_index=False)
    state = models.CharField(max_length=9, choices=State, default=State.PICKING)
    method = CompanyForeignKey("orders.DeliveryMethod", null=True, related_name="+", db_index=False)
    tracking = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    packed_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="orders_shipment_number"),
            models.UniqueConstraint(fields=["company", "operation"], name="orders_shipment_once"),
        ]
        indexes = [
            models.Index(fields=["company", "order", "id"], name="orders_shipment_order"),
            models.Index(
                fields=["company", "place", "id"],
                condition=models.Q(state__in=["picking", "packed"]),
                name="orders_shipment_picking",
            ),
        ]


class ShipmentLine(CompanyModel):
    """So many of a variant for a line of the order; kits are here as their parts. `picked` are in the box already."""

    keep_history = False

    shipment = CompanyForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines", db_index=False)
    line = CompanyForeignKey(OrderLine, related_name="+", db_index=False)
    variant = CompanyForeignKey("catalogue.Variant", related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    picked = models.DecimalField(max_digits=14, decimal_places=3, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "shipment", "line", "variant"], name="orders_shipmentline_once"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, picked__gte=0, picked__lte=models.F("quantity")),
                name="orders_shipmentline_true",
            ),
        ]


class PackScan(CompanyModel):
    """One reading of a scanner while a shipment was packed; `trouble` says why it did not count."""

    append_only = True
    keep_history = False

    operation = models.UUIDField()
    shipment = CompanyForeignKey(Shipment, on_delete=models.CASCADE, related_name="+", db_index=False)
    variant = CompanyForeignKey("catalogue.Variant", null=True, related_name="+", db_index=False)
    code = models.CharField(max_length=80, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    trouble = models.CharField(max_length=20, blank=True)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "operation"], name="orders_packscan_once")]
        indexes = [models.Index(fields=["company", "shipment", "id"], name="orders_packscan_shipment")]


class Return(CompanyModel):
    """Goods that the client gives back, to any place. `sum` is what he gets back: that of the lines and `delivery`, a
    part of what he paid for the delivery, of which `delivery_tax` is tax. `fault` says whose reason it is. `carried` is
    how much of the sum pays the order of what he got instead: the rest is given back in money.
    """

    keep_history = False  # `reason` is in the client's words, and is blanked with his card; events tell the rest

    class Kind(models.TextChoices):
        """Whether he gets other goods for them."""

        RETURN = "return"
        EXCHANGE = "exchange"

    class Fault(models.TextChoices):
        """Whose reason it is: the client changed his mind, or the seller sent what is bad, wrong or late."""

        CLIENT = "client"
        SELLER = "seller"

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked"
        RECEIVED = "received"
        REFUNDED = "refunded"
        REJECTED = "rejected"
        CANCELLED = "cancelled"

    public_id = PublicIdField()
    operation = models.UUIDField()
    number = models.PositiveIntegerField()
    order = CompanyForeignKey(Order, on_delete=models.CASCADE, related_name="returns", db_index=False)
    place = CompanyForeignKey("stock.Place", null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.RETURN)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=300, blank=True)
    fault = models.CharField(max_length=6, choices=Fault, default=Fault.CLIENT)
    sum = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    delivery = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    delivery_tax = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    carried = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="orders_return_number"),
            models.UniqueConstraint(fields=["company", "operation"], name="orders_return_once"),
            models.CheckConstraint(condition=models.Q(sum__gte=0), name="orders_return_sum"),
            models.CheckConstraint(
                condition=models.Q(
                    delivery__gte=0,
                    delivery__lte=models.F("sum"),
                    delivery_tax__gte=0,
                    delivery_tax__lte=models.F("delivery"),
                ),
                name="orders_return_delivery",
            ),
            models.CheckConstraint(
                condition=models.Q(carried__gte=0, carried__lte=models.F("sum")), name="orders_return_carried"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "order", "id"], name="orders_return_order"),
            models.Index(fields=["company", "-id"], condition=models.Q(state="asked"), name="orders_return_asked"),
        ]


class ReturnLine(CompanyModel):
    """So many of a line come back. `sum` is their share of its sum, stored; the last to come back takes the rest."""

    class Condition(models.TextChoices):
        """What they are good for."""

        SALE = "sale"
        DAMAGED = "damaged"

    keep_history = False

    back = CompanyForeignKey(Return, on_delete=models.CASCADE, related_name="lines", db_index=False)
    line = CompanyForeignKey(OrderLine, related_name="+", db_index=False)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    sum = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    tax = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    condition = models.CharField(max_length=8, choices=Condition, default=Condition.SALE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "back", "line", "condition"], name="orders_returnline_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, sum__gte=0, tax__gte=0, tax__lte=models.F("sum")),
                name="orders_returnline_true",
            ),
        ]
        indexes = [models.Index(fields=["company", "line"], name="orders_returnline_line")]
