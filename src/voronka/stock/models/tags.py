"""Price tags that were printed: what price stands on the shelf."""

from django.db import models

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.stock.models.places import Place


class TagPrint(CompanyModel):
    """The price that the last tag of a variant says in a place; without a place, wherever tags of none are hung."""

    keep_history = False

    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+", db_index=False)
    place = CompanyForeignKey(Place, null=True, blank=True, related_name="+", db_index=False)
    price = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3, default="RUB")
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    printed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "variant", "place"], nulls_distinct=False, name="stock_tagprint_once"
            )
        ]
