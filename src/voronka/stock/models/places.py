"""Places where goods lie, those outside the company among them, and how goods are kept."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel

EXTERNAL = ("supplier", "customer", "loss", "gain", "production")


class Place(CompanyModel):
    """Somewhere goods lie. The external ones, one of each kind, are where goods come from and go to.

    Of selling places goods are promised to clients, the lowest `priority` first. Degrees of the map in `lat`, `lon`.
    """

    class Kind(models.TextChoices):
        """What sort of place it is; the last five lie outside of the company."""

        WAREHOUSE = "warehouse"
        SHOP = "shop"
        VIRTUAL = "virtual"
        TRANSIT = "transit"
        SUPPLIER = "supplier"
        CUSTOMER = "customer"
        LOSS = "loss"
        GAIN = "gain"
        PRODUCTION = "production"

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    is_external = models.BooleanField(default=False)
    address = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=120, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    lat = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    is_selling = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    priority = models.PositiveSmallIntegerField(default=100)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="stock_place_name"),
            models.UniqueConstraint(
                fields=["company", "kind"], condition=models.Q(is_external=True), name="stock_place_external_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_external=True, kind__in=EXTERNAL, is_selling=False)
                | (models.Q(is_external=False) & ~models.Q(kind__in=EXTERNAL)),
                name="stock_place_sides",
            ),
        ]


class StockSettings(CompanyModel):
    """How the company counts: cost by average or first in first out. `damaged_place` takes in what comes damaged."""

    class Cost(models.TextChoices):
        """By what cost goods leave."""

        AVERAGE = "average"
        FIFO = "fifo"

    cost_method = models.CharField(max_length=8, choices=Cost, default=Cost.AVERAGE)
    damaged_place = CompanyForeignKey(Place, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="stock_settings_once")]


class Keeping(CompanyModel):
    """How a variant is kept, where it is not as others are."""

    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+", db_index=False)
    wants_lots = models.BooleanField(default=False)
    wants_serials = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "variant"], name="stock_keeping_once")]
