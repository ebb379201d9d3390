"""What was wanted and not there: sales that were lost."""

from django.db import models
from django.utils import timezone

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.stock.models.places import Place


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
