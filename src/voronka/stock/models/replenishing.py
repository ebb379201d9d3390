"""What keeps goods coming: buffers, sales that were lost, and the price tags that were printed."""

from django.db import models
from django.utils import timezone

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.stock.models.places import Place


class Buffer(CompanyModel):
    """How many of a variant a place wants to have: its thirds are the red, yellow and green zone.

    Orders come in no less than `min_lot` and in multiples of `multiple`, `lead_days` after they are sent, from
    `supplier` or from another place. `red_since` is the day since which it has stood in the red.
    """

    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+", db_index=False)
    place = CompanyForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    target = models.DecimalField(max_digits=14, decimal_places=3)
    lead_days = models.PositiveSmallIntegerField(default=7)
    min_lot = models.DecimalField(max_digits=14, decimal_places=3, default=1)
    multiple = models.DecimalField(max_digits=14, decimal_places=3, default=1)
    supplier = CompanyForeignKey("catalogue.Supplier", null=True, blank=True, related_name="+", db_index=False)
    feeder = CompanyForeignKey(Place, null=True, blank=True, related_name="+", db_index=False)
    red_since = models.DateField(null=True, blank=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "variant", "place"], name="stock_buffer_once"),
            models.CheckConstraint(
                condition=models.Q(target__gt=0, min_lot__gt=0, multiple__gt=0), name="stock_buffer_true"
            ),
        ]


class LostSale(CompanyModel):
    """Somebody wanted what was not there."""

    keep_history = False

    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+", db_index=False)
    place = CompanyForeignKey(Place, null=True, blank=True, related_name="+", db_index=False)
    client = CompanyForeignKey("people.Client", null=True, blank=True, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    cause = models.CharField(max_length=20)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(quantity__gt=0), name="stock_lostsale_quantity")]
        indexes = [models.Index(fields=["company", "variant", "at"], name="stock_lostsale_variant")]


class TagPrint(CompanyModel):
    """The price that stands on the tag of a variant in a place since it was last printed."""

    keep_history = False

    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+", db_index=False)
    place = CompanyForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    price = models.DecimalField(max_digits=16, decimal_places=2)
    printed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "variant", "place"], name="stock_tagprint_once")]
