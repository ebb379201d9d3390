"""Promos and their codes."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Promo(CompanyModel):
    """What codes take off, and on what conditions.

    A batch has many codes, each for one use; else the promo has one code, shared by all. `cap` is the most that is
    taken off a sale, `minimum` the least sum of the goods that it is for; `per_client` counts over all its codes. It
    holds from `since` (included) until `until` (not included). `with_terms` lets it go together with a client's own
    prices. Unless `is_for_all`, it is for the goods of PromoGoods alone: none, if there are none.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    is_batch = models.BooleanField(default=False)
    is_percent = models.BooleanField(default=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    cap = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    minimum = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    per_client = models.PositiveIntegerField(null=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    with_terms = models.BooleanField(default=True)
    is_for_all = models.BooleanField(default=True)
    is_on = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & (Q(is_percent=False) | Q(amount__lte=100)), name="loyalty_promo_amount"
            ),
            models.CheckConstraint(condition=Q(cap__isnull=True) | Q(cap__gt=0), name="loyalty_promo_cap"),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="loyalty_promo_minimum"),
            models.CheckConstraint(
                condition=Q(per_client__isnull=True) | Q(per_client__gt=0), name="loyalty_promo_per"
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=models.F("since")),
                name="loyalty_promo_time",
            ),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="loyalty_promo_new")]

    def holds_at(self, moment: datetime) -> bool:
        """Tell whether its codes work at a moment, as far as it goes by the promo."""
        return (
            self.is_on
            and (self.since is None or moment >= self.since)
            and (self.until is None or moment < self.until)
        )


class PromoGoods(CompanyModel):
    """A category (with all below it) or a variant that a promo is for."""

    promo = CompanyForeignKey(Promo, on_delete=models.CASCADE, related_name="goods", db_index=False)
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
                name="loyalty_goods_one",
            ),
            models.UniqueConstraint(fields=["company", "promo", "category"], name="loyalty_goods_category"),
            models.UniqueConstraint(fields=["company", "promo", "variant"], name="loyalty_goods_variant"),
        ]


class PromoCode(CompanyModel):
    """A code as it is printed, and how often it was used: never more than `most`, which the database holds.

    `key` is what it is found by, however it is typed. With `client` it is for that client only. One that was given to a
    person for a time holds until `until` (not included), whatever the promo says.
    """

    keep_history = False  # each use would be a line of it; uses have their own ledger

    public_id = PublicIdField()
    promo = CompanyForeignKey(Promo, on_delete=models.CASCADE, related_name="codes", db_index=False)
    code = models.CharField(max_length=40)
    key = models.CharField(max_length=40, db_collation="C")
    client = CompanyForeignKey("people.Client", null=True, related_name="+", db_index=False)
    most = models.PositiveIntegerField(null=True)
    used = models.PositiveIntegerField(default=0)
    is_on = models.BooleanField(default=True)
    until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="loyalty_code_key"),
            models.CheckConstraint(
                condition=Q(most__isnull=True) | Q(used__lte=models.F("most")), name="loyalty_code_used"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "promo", "id"], name="loyalty_code_promo"),
            models.Index(fields=["company", "client"], condition=Q(client__isnull=False), name="loyalty_code_client"),
        ]
