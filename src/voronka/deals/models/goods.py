"""What is sold in a deal, line by line."""

from django.db import models
from django.db.models.functions import Round

from voronka.deals.models.deals import Deal
from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class DealLine(CompanyModel):
    """So much of a variant, or of something told in words, in a deal; price and words are those of the moment.

    `discount` is a sum off the whole line, `total` what is left of quantity times price: the database holds both, and
    that the deal's sum is the total of its lines while it has any (sql/goods.sql). `product_id` is the variant's own.
    """

    public_id = PublicIdField()
    deal = CompanyForeignKey(Deal, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    variant = CompanyForeignKey("catalogue.Variant", null=True, blank=True, related_name="+", db_index=False)
    product = CompanyForeignKey("catalogue.Product", null=True, blank=True, related_name="+", db_index=False)
    code = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=300)
    unit = models.CharField(max_length=4, default="796")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    price = models.DecimalField(max_digits=16, decimal_places=2)
    discount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    vat = models.CharField(max_length=12, default="main")
    total = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "deal", "position"],
                name="deals_dealline_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="deals_dealline_quantity"),
            models.CheckConstraint(
                condition=models.Q(price__gte=0, discount__gte=0, total__gte=0), name="deals_dealline_sums"
            ),
            models.CheckConstraint(
                condition=models.Q(total=Round(models.F("quantity") * models.F("price"), 2) - models.F("discount")),
                name="deals_dealline_total",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="deals_dealline_name"),
        ]
        indexes = [
            models.Index(fields=["company", "variant", "deal"], name="deals_dealline_variant"),
            models.Index(fields=["company", "product", "deal"], name="deals_dealline_product"),
        ]
