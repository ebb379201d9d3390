"""Who supplies goods, at what cost, in whose money."""

from django.db import models

from voronka.catalogue.models.goods import Variant
from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Supplier(CompanyModel):
    """Who supplies goods; `client` is his card among clients if there is one, `lead_days` how long he takes."""

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    client = CompanyForeignKey("people.Client", null=True, blank=True, related_name="+")
    currency = models.CharField(max_length=3, default="RUB")
    lead_days = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="catalogue_supplier_name")]


class Cost(CompanyModel):
    """What a supplier last asked for a variant; without a supplier it was typed by hand."""

    variant = CompanyForeignKey(Variant, on_delete=models.CASCADE, related_name="costs", db_index=False)
    supplier = CompanyForeignKey(Supplier, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3, default="RUB")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "variant", "supplier"], nulls_distinct=False, name="catalogue_cost_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="catalogue_cost_amount"),
        ]


class Rate(CompanyModel):
    """How many roubles one unit of a currency is from a day on."""

    currency = models.CharField(max_length=3)
    per_unit = models.DecimalField(max_digits=16, decimal_places=6)
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "currency", "since"], name="catalogue_rate_day"),
            models.CheckConstraint(condition=models.Q(per_unit__gt=0), name="catalogue_rate_positive"),
        ]
