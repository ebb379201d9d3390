"""What a company sets up for its orders: statuses, ways of delivery, ways of payment."""

from django.db import models

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Status(CompanyModel):
    """A step on the way of orders. `code` is stable, `phase` is what the program understands of it.

    `norm_minutes` is how long an order is expected to stay; `requires` what it must have to come here (client_phone,
    address, promised, reserved, paid, shipped); `roles` the roles that may bring it here (none: all with the right);
    `next` the codes that may follow (none: any); `steps` a chain of kit.steps, run in the transaction of the change;
    `client_words` what the client's own page says.
    """

    class Phase(models.TextChoices):
        """What a status means to the program."""

        NEW = "new"
        WORK = "work"
        READY = "ready"
        SHIPPING = "shipping"
        DONE = "done"
        CANCELLED = "cancelled"

    public_id = PublicIdField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    phase = models.CharField(max_length=10, choices=Phase)
    tone = models.CharField(max_length=10, default="grey")
    norm_minutes = models.PositiveIntegerField(null=True, blank=True)
    requires = models.JSONField(default=list, blank=True)
    roles = models.JSONField(default=list, blank=True)
    next = models.JSONField(default=list, blank=True)
    steps = models.JSONField(default=list, blank=True)
    client_words = models.CharField(max_length=200, blank=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="orders_status_code")]


class DeliveryMethod(CompanyModel):
    """A way goods reach the client. `intervals` are pairs of times of the day: [["10:00", "14:00"]].

    It costs `cost`, nothing from `free_from` on; days are from the readiness of the goods. `places` are those that it
    leaves from or where it is picked up, none for all.
    """

    class Kind(models.TextChoices):
        """What sort of way it is."""

        PICKUP = "pickup"
        COURIER = "courier"
        POST = "post"
        CARRIER = "carrier"

    public_id = PublicIdField()
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind)
    cost = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    free_from = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    days_min = models.PositiveSmallIntegerField(default=0)
    days_max = models.PositiveSmallIntegerField(default=0)
    intervals = models.JSONField(default=list, blank=True)
    vat = models.CharField(max_length=10, default="main")
    places = models.JSONField(default=list, blank=True)
    is_on = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="orders_delivery_name"),
            models.CheckConstraint(
                condition=models.Q(cost__gte=0, days_min__lte=models.F("days_max"))
                & (models.Q(free_from__isnull=True) | models.Q(free_from__gte=0)),
                name="orders_delivery_true",
            ),
        ]


class PaymentMethod(CompanyModel):
    """A way clients pay. With `wants_prepayment` an order is not prepared before it is paid."""

    class Kind(models.TextChoices):
        """What sort of way it is."""

        ONLINE = "online"
        INVOICE = "invoice"
        CASH = "cash"
        CARD = "card"
        LATER = "later"

    public_id = PublicIdField()
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind)
    wants_prepayment = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="orders_payment_name")]


class Numbering(CompanyModel):
    """The number that the next order, shipment or return gets: the row is locked last, so nobody waits long for it."""

    keep_history = False

    kind = models.CharField(max_length=10)
    next = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind"], name="orders_numbering_once")]


class ClientFigures(CompanyModel):
    """What a client has bought: kept by a listener, compared with the orders by `voronka check orders`.

    Orders that were cancelled do not count; what came back is taken off the sum.
    """

    keep_history = False

    client = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    count = models.PositiveIntegerField(default=0)
    total = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    average = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "client"], name="orders_figures_client")]
        indexes = [
            models.Index(fields=["company", "-total"], name="orders_figures_total"),
            models.Index(fields=["company", "-last_at"], name="orders_figures_last"),
        ]
