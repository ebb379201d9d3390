"""What things cost the buyer: kinds of prices, prices over time, personal terms, rules and the guard."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.utils import timezone

from voronka.catalogue.models.goods import Category, Variant
from voronka.catalogue.models.suppliers import Supplier
from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel

# The time between two columns, the first moment included, the last one not; an empty end is never.
PERIOD = models.Func("since", "until", RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField())


class PriceKind(CompanyModel):
    """A kind of price: retail, wholesale. The default one is what lists show and strangers pay.

    `step` is what prices are rounded to, `ending` what they end in below it (0.99). The guard holds a price back that
    moved by more than `guard_percent`, or leaves less than `margin_percent` of itself above the cost; empty: no guard.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3, default="RUB")
    is_default = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    step = models.DecimalField(max_digits=16, decimal_places=2, default="0.01")
    ending = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    guard_percent = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    margin_percent = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="catalogue_pricekind_code"),
            models.UniqueConstraint(fields=["company", "name"], name="catalogue_pricekind_name"),
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(is_default=True), name="catalogue_pricekind_default"
            ),
            models.CheckConstraint(condition=models.Q(step__gt=0), name="catalogue_pricekind_step"),
        ]


class Price(CompanyModel):
    """What a variant costs from `since` until `until` (not included; empty: until further notice).

    Past rows are the history, future ones the schedule. `source` says by what it came: hand, rule, load, import.
    """

    keep_history = False

    variant = CompanyForeignKey(Variant, on_delete=models.CASCADE, related_name="prices", db_index=False)
    kind = CompanyForeignKey(PriceKind, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, default="hand")
    author = CompanyForeignKey("accounts.Employee", null=True, blank=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="catalogue_price_one_at_a_time",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    ("variant", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="catalogue_price_amount"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="catalogue_price_period",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "variant", "kind", "-since"], name="catalogue_price_variant"),
            models.Index(fields=["company", "kind", "amount", "variant"], name="catalogue_price_amounts"),
            # What begins or ends next, and what began or ended since: feeds follow planned prices.
            models.Index(fields=["company", "kind", "since"], name="catalogue_price_begins"),
            models.Index(
                fields=["company", "kind", "until"],
                condition=models.Q(until__isnull=False),
                name="catalogue_price_ends",
            ),
        ]


class ClientTerms(CompanyModel):
    """What a client pays from `since` (empty: ever since) until `until` (not included, empty: until further notice).

    Another kind of price than the default one, and a discount on top. Past rows are the history.
    """

    client = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = CompanyForeignKey(PriceKind, null=True, blank=True, related_name="+")
    discount_percent = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="catalogue_clientterms_one_at_a_time",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    ("client", RangeOperators.EQUAL),
                    (PERIOD, RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(since__isnull=True)
                | models.Q(until__isnull=True)
                | models.Q(until__gt=models.F("since")),
                name="catalogue_clientterms_period",
            ),
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0, discount_percent__lt=100),
                name="catalogue_clientterms_discount",
            ),
        ]
        indexes = [models.Index(fields=["company", "client", "-since"], name="catalogue_clientterms_client")]


class PriceRule(CompanyModel):
    """How a price of `kind` is made of the cost: the first rule in `position` that fits makes it.

    An empty condition fits all; a category means its branches too; costs are compared in the kind's currency.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=100)
    kind = CompanyForeignKey(PriceKind, on_delete=models.CASCADE, related_name="rules")
    supplier = CompanyForeignKey(Supplier, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    category = CompanyForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3, blank=True)
    cost_from = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    cost_to = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    markup_percent = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    plus = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    is_on = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["company", "position", "id"], name="catalogue_pricerule_order")]


class HeldPrice(CompanyModel):
    """A price that the guard put before a person. `reasons`: jump (moved too far), margin (too little is left).

    One waits per variant and kind: a newer one takes the place of an older one.
    """

    class State(models.TextChoices):
        """What became of it."""

        HELD = "held"
        RELEASED = "released"
        REFUSED = "refused"
        REPLACED = "replaced"

    keep_history = False

    public_id = PublicIdField()
    variant = CompanyForeignKey(Variant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = CompanyForeignKey(PriceKind, on_delete=models.CASCADE, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    was = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    cost = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    reasons = ArrayField(models.CharField(max_length=10))
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10)
    author = CompanyForeignKey("accounts.Employee", null=True, blank=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    made_at = models.DateTimeField(default=timezone.now)
    settled_by = CompanyForeignKey("accounts.Employee", null=True, blank=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "variant", "kind"],
                condition=models.Q(state="held"),
                name="catalogue_heldprice_one",
            )
        ]
        indexes = [
            models.Index(
                fields=["company", "id"], condition=models.Q(state="held"), name="catalogue_heldprice_waiting"
            ),
            models.Index(fields=["company", "variant", "-id"], name="catalogue_heldprice_variant"),
        ]
