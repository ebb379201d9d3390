"""Orders, their lines, and how they passed from status to status."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.orders.models.setup import DeliveryMethod, PaymentMethod, Status

SUMS = ("goods_sum", "discount_sum", "delivery_cost", "delivery_tax", "total", "tax", "cost", "paid", "owed")


class Order(CompanyModel):
    """What a client ordered. Sums of money are with tax, to the kopeck, and equal those of the lines: the database
    holds that (sql/sums.sql).

    `operation` is the act that placed it: sent again, it places nothing more. `subject_kind` and `subject_id` name what
    it came from (a deal), `outer_number` is what its channel calls it. `cost` is what the goods were worth to the
    company when it was placed, `paid` what billing says has come for it. `owed` is what it is to be paid in all, kept
    by the verbs: without what came back, of a cancelled one what had left before (queries/keeping.py). `link_hash` is
    the SHA-256 of the token in the client's own link. `routing` says why the goods come from this place.
    """

    class Channel(models.TextChoices):
        """Where it came from."""

        FORM = "form"
        API = "api"
        MAIL = "mail"
        PHONE = "phone"
        DEAL = "deal"
        CHAT = "chat"
        SHOP = "shop"
        MARKET = "market"

    public_id = PublicIdField()
    number = models.PositiveIntegerField()
    operation = models.UUIDField()
    client = CompanyForeignKey("people.Client", related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    outer_number = models.CharField(max_length=60, blank=True)
    status = CompanyForeignKey(Status, related_name="+", db_index=False)
    phase = models.CharField(max_length=10, choices=Status.Phase)
    status_at = models.DateTimeField()
    responsible = CompanyForeignKey("accounts.Employee", null=True, blank=True, related_name="+", db_index=False)
    currency = models.CharField(max_length=3, default="RUB")
    goods_sum = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    discount_sum = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    delivery_cost = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    delivery_vat = models.CharField(max_length=10, default="main")
    delivery_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    delivery_tax = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    total = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    tax = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    cost = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    owed = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    promo_code = CompanyForeignKey("loyalty.PromoCode", null=True, blank=True, related_name="+", db_index=False)
    promo_words = models.CharField(max_length=200, blank=True)
    delivery_method = CompanyForeignKey(DeliveryMethod, null=True, blank=True, related_name="+", db_index=False)
    payment_method = CompanyForeignKey(PaymentMethod, null=True, blank=True, related_name="+", db_index=False)
    place = CompanyForeignKey("stock.Place", null=True, blank=True, related_name="+", db_index=False)
    routing = models.JSONField(default=dict, blank=True)
    address = models.CharField(max_length=500, blank=True)
    city = models.CharField(max_length=120, blank=True)
    delivery_on = models.DateField(null=True, blank=True)
    delivery_from = models.TimeField(null=True, blank=True)
    delivery_to = models.TimeField(null=True, blank=True)
    recipient_name = models.CharField(max_length=200, blank=True)
    recipient_phone = models.CharField(max_length=40, blank=True)
    comment = models.TextField(blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    first_promised_at = models.DateTimeField(null=True, blank=True)
    late_cause = models.CharField(max_length=200, blank=True)
    cancel_cause = models.CharField(max_length=200, blank=True)
    link_hash = models.CharField(max_length=64, blank=True)
    link_version = models.PositiveIntegerField(default=1)
    repeat_of = CompanyForeignKey("self", null=True, blank=True, related_name="+", db_index=False)
    exchange_of = CompanyForeignKey("self", null=True, blank=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="orders_order_number"),
            models.UniqueConstraint(fields=["company", "operation"], name="orders_order_once"),
            models.UniqueConstraint(
                fields=["company", "channel", "outer_number"],
                condition=~models.Q(outer_number=""),
                name="orders_order_outer_number",
            ),
            models.CheckConstraint(
                condition=models.Q(**{f"{name}__gte": 0 for name in SUMS}), name="orders_order_sums"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    total=models.F("goods_sum") - models.F("discount_sum") + models.F("delivery_cost")
                ),
                name="orders_order_total",
            ),
            models.CheckConstraint(condition=models.Q(owed__lte=models.F("total")), name="orders_order_owed"),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="orders_order_newest"),
            models.Index(fields=["company", "client", "-id"], name="orders_order_client"),
            models.Index(fields=["company", "status", "-id"], name="orders_order_status"),
            models.Index(
                fields=["company", "phase", "promised_at"],
                condition=~models.Q(phase__in=["done", "cancelled"]),
                name="orders_order_open",
            ),
            models.Index(
                fields=["company", "promised_at", "id"],
                condition=models.Q(phase__in=["new", "work", "ready"]),
                name="orders_order_to_pick",
            ),
            models.Index(fields=["company", "made_at"], name="orders_order_made"),
            models.Index(
                fields=["company", "delivered_at"],
                include=["first_promised_at", "responsible"],
                condition=models.Q(delivered_at__isnull=False, first_promised_at__isnull=False),
                name="orders_order_came",
            ),
            models.Index(
                fields=["company", "subject_kind", "subject_id"],
                condition=models.Q(subject_id__isnull=False),
                name="orders_order_subject",
            ),
            models.Index(fields=["link_hash"], condition=~models.Q(link_hash=""), name="orders_order_link"),
            models.Index(
                models.F("company"),
                Upper("outer_number"),
                condition=~models.Q(outer_number=""),
                name="orders_order_outer",
            ),
        ]


class OrderLine(CompanyModel):
    """One line of an order; without a variant it is free text. All figures are those of the moment.

    `position` names the line for ever: goods are reserved for it by this number. `price` is of one, with tax;
    `discount` a sum off the whole line, of which `promo_discount` is by the promo code;
    `total` the line's sum, `tax` what of it is tax; `percent` is None where
    nothing is taxed. `cost` is what the pieces were worth when the line was written, `shipped_cost` what those that
    left were, by the ledger of the stock. `is_goods` tells whether it is taken from stock.
    """

    order = CompanyForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    variant = CompanyForeignKey("catalogue.Variant", null=True, blank=True, related_name="+", db_index=False)
    name = models.CharField(max_length=500)
    unit = models.CharField(max_length=4, default="796")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    price = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    discount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    promo_discount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    vat = models.CharField(max_length=10, default="main")
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    tax = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    total = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    cost = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    shipped_cost = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    options = models.JSONField(default=dict, blank=True)
    is_goods = models.BooleanField(default=False)
    shipped = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    returned = models.DecimalField(max_digits=14, decimal_places=3, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "order", "position"], name="orders_line_position"),
            models.CheckConstraint(
                condition=models.Q(
                    quantity__gt=0,
                    returned__gte=0,
                    returned__lte=models.F("shipped"),
                    shipped__lte=models.F("quantity"),
                ),
                name="orders_line_quantities",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    price__gte=0,
                    discount__gte=0,
                    total__gte=0,
                    tax__gte=0,
                    tax__lte=models.F("total"),
                    cost__gte=0,
                    shipped_cost__gte=0,
                ),
                name="orders_line_sums",
            ),
            models.CheckConstraint(
                condition=models.Q(promo_discount__gte=0, promo_discount__lte=models.F("discount")),
                name="orders_line_promo",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "variant", "-id"],
                condition=models.Q(variant__isnull=False),
                name="orders_line_variant",
            ),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="orders_line_words"),
        ]


class Passage(CompanyModel):
    """An order came to a status: when, by whom, why."""

    append_only = True
    keep_history = False

    order = CompanyForeignKey(Order, on_delete=models.CASCADE, related_name="passages", db_index=False)
    status = CompanyForeignKey(Status, related_name="+", db_index=False)
    at = models.DateTimeField()
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    cause = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "order", "id"], name="orders_passage_order"),
            models.Index(fields=["company", "at"], name="orders_passage_at"),
        ]
