"""Buffers: what a place should have of a variant, and what became of it."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.stock.models.places import Place


class Buffer(CompanyModel):
    """What a place should have of a variant, and where it comes from: a supplier, or another place of the company.

    `lead_days` None: as its supplier takes. From `per_day` on the columns are reckoned by `stock_judge_buffers`, once
    a day and after each change. No history is kept of rows that are all reckoned every night: changes by people are
    told by BufferChanged.
    """

    keep_history = False

    class Zone(models.TextChoices):
        """The colour; none before it was reckoned."""

        NONE = ""
        RED = "red"
        YELLOW = "yellow"
        GREEN = "green"
        ABOVE = "above"

    public_id = PublicIdField()
    variant = CompanyForeignKey("catalogue.Variant", on_delete=models.CASCADE, related_name="+", db_index=False)
    place = CompanyForeignKey(Place, related_name="+", db_index=False)
    target = models.DecimalField(max_digits=14, decimal_places=3)
    lead_days = models.PositiveSmallIntegerField(null=True, blank=True)
    min_lot = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    multiple = models.DecimalField(max_digits=14, decimal_places=3, default=1)
    supplier = CompanyForeignKey("catalogue.Supplier", null=True, blank=True, related_name="+")
    source = CompanyForeignKey(Place, null=True, blank=True, related_name="+")
    quiet_until = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    per_day = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    week_least = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    week_most = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    zone = models.CharField(max_length=6, choices=Zone, default=Zone.NONE, blank=True)
    zone_since = models.DateField(null=True, blank=True)
    dips = models.PositiveSmallIntegerField(default=0)
    judged_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "variant", "place"], name="stock_buffer_once"),
            models.CheckConstraint(
                condition=models.Q(target__gt=0, min_lot__gte=0, multiple__gt=0)
                & (models.Q(supplier__isnull=True) | models.Q(source__isnull=True))
                & (models.Q(source__isnull=True) | ~models.Q(source=models.F("place"))),
                name="stock_buffer_true",
            ),
        ]
        indexes = [models.Index(fields=["company", "place", "zone"], name="stock_buffer_zone")]


class Replenishment(CompanyModel):
    """One press that made orders and transfers of what was proposed; sent again, it makes no others."""

    append_only = True
    keep_history = False

    operation = models.UUIDField()
    papers = models.JSONField(default=list)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "operation"], name="stock_replenishment_once")]
