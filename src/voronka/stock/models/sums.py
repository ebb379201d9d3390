"""What is kept of a good over all places together, for lists that sort and filter by it."""

from django.db import models

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel

NUMBERS = ("on_hand", "reserved", "available", "worth")


class GoodsSum(CompanyModel):
    """What lies of a variant in all places of the company and what it is worth: true unless a balance of it is touched.

    Whole numbers, thousandths of a piece and kopecks: under the policies no index serves a range of decimals. What is
    on the way between places is not counted; `available` is of places that sell. Written by sql/sums.sql only.
    """

    keep_history = False

    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+", db_index=False)
    on_hand = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    available = models.BigIntegerField(default=0)
    worth = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "variant"], name="stock_sum_once")]
        indexes = [
            models.Index(
                fields=["company", name, "variant"],
                condition=models.Q(**{f"{name}__gt": 0}),
                name=f"stock_sum_{name}",
            )
            for name in NUMBERS
        ]
