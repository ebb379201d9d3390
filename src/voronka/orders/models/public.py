"""What strangers see of a shop: its order form and the clients' own pages; what clients say of orders."""

from django.db import models
from django.db.models import Q

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.orders.models.orders import Order


class ShopPage(CompanyModel):
    """What the company's public pages say, and whether its order form takes orders (`is_on`).

    `phone`, `hours`, `seller` and `terms` (of returns) stand on the clients' own pages as well; a client may ask for a
    return within `return_days` of getting his goods. Unless `sells_all`, the form offers the goods of ShopGoods alone.
    """

    is_on = models.BooleanField(default=False)
    title = models.CharField(max_length=120, blank=True)
    intro = models.CharField(max_length=500, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=80, blank=True)
    seller = models.CharField(max_length=200, blank=True)
    terms = models.TextField(blank=True)
    return_days = models.PositiveSmallIntegerField(default=14)
    sells_all = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="orders_shoppage_once"),
            models.CheckConstraint(condition=Q(return_days__lte=365), name="orders_shoppage_days"),
        ]


class ShopGoods(CompanyModel):
    """A category (with all below it) or a variant that the order form offers."""

    category = CompanyForeignKey(
        "catalogue.Category", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    variant = CompanyForeignKey(
        "catalogue.Variant", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(category__isnull=True, variant__isnull=False)
                | Q(category__isnull=False, variant__isnull=True),
                name="orders_shopgoods_one",
            ),
            models.UniqueConstraint(fields=["company", "category"], name="orders_shopgoods_category"),
            models.UniqueConstraint(fields=["company", "variant"], name="orders_shopgoods_variant"),
        ]


class Feedback(CompanyModel):
    """What a client says of his order: one to five stars and words. Said again, it takes the place of the first."""

    keep_history = False  # the words are the client's own: what he or the law takes back is gone

    order = CompanyForeignKey(Order, on_delete=models.CASCADE, related_name="feedback", db_index=False)
    stars = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "order"], name="orders_feedback_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="orders_feedback_stars"),
        ]
        indexes = [models.Index(fields=["company", "-at"], name="orders_feedback_at")]
