"""Facts of the reports: what the log says, kept in the form in which it is asked for.

A listener fills them, `voronka check figures` holds them against the log, and they can be made anew from it at any
time (docs/adr/0013). Stages, pipelines and employees are plain ids: a stage may be gone while its past stays.
"""

from django.db import models

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class DealFact(CompanyModel):
    """One deal as the log tells it, presses that were taken back left out.

    `stage_id` is where it stands, or stood when it was closed; `closed_by` answers for the closing, `answered_at` and
    `answered_by` are the first press of a person, `wait_seconds` how long it was after the client could be called.
    """

    keep_history = False

    deal = CompanyForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+", db_index=False)
    pipeline_id = models.BigIntegerField()
    source = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    responsible_id = models.BigIntegerField(null=True)
    stage_id = models.BigIntegerField()
    stage_since = models.DateTimeField()
    state = models.CharField(max_length=8)  # open, won, lost, archived
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    sum = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    wait_seconds = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "deal"], name="audience_deal_once")]
        indexes = [
            # Each is read alone, without its rows: what a period's figures are grouped by stands in it.
            models.Index(
                fields=["company", "closed_at"],
                include=[
                    "pipeline_id", "stage_id", "state", "reason", "closed_by", "source", "sum", "currency",
                    "opened_at", "deal",
                ],
                name="audience_deal_closed",
            ),
            models.Index(
                fields=["company", "closed_at"],
                include=["pipeline_id", "opened_at", "closed_by", "source"],
                condition=models.Q(state="won"),
                name="audience_deal_won",
            ),
            models.Index(
                fields=["company", "opened_at"],
                include=["pipeline_id", "source", "responsible_id"],
                name="audience_deal_opened",
            ),
            models.Index(
                fields=["company", "answered_at"],
                include=["opened_at", "wait_seconds", "pipeline_id", "source", "answered_by"],
                name="audience_deal_answered",
            ),
            models.Index(
                fields=["company", "pipeline_id", "stage_id"],
                include=["responsible_id", "stage_since", "source"],
                condition=models.Q(state="open"),
                name="audience_deal_standing",
            ),
            models.Index(fields=["company", "source"], name="audience_deal_source"),
            # The dearest losses of a stage come first, so that a few of them are found without reading all.
            models.Index(
                "company", "stage_id", models.F("sum").desc(nulls_last=True), models.F("deal").desc(),
                include=["closed_at", "pipeline_id", "closed_by", "source"],
                condition=models.Q(state__in=["lost", "archived"]),
                name="audience_deal_lost",
            ),
        ]  # fmt: skip


class DealGoods(CompanyModel):
    """How much of a product is sold in a deal, as the log last told; `total` is in the deal's currency."""

    keep_history = False

    deal = CompanyForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+", db_index=False)
    product_id = models.BigIntegerField()
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    total = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "deal", "product_id"], include=["total"], name="audience_goods_once"
            )
        ]
        indexes = [models.Index(fields=["company", "product_id", "deal"], name="audience_goods_product")]


class StageTime(CompanyModel):
    """How long a deal has stood in a stage in all, its finished stays added up; `closed_at` is the deal's own."""

    keep_history = False

    deal = CompanyForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+", db_index=False)
    stage_id = models.BigIntegerField()
    seconds = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "deal", "stage_id"], name="audience_time_once")]
        indexes = [
            models.Index(
                fields=["company", "stage_id", "closed_at"], include=["seconds", "deal"], name="audience_time_closed"
            )
        ]


class PressDay(CompanyModel):
    """How many presses of one kind of outcome an employee made on a day of the company that stand today."""

    keep_history = False

    on = models.DateField()
    employee_id = models.BigIntegerField(null=True)
    result = models.CharField(max_length=20)
    presses = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "on", "employee_id", "result"],
                include=["presses"],
                nulls_distinct=False,
                name="audience_press_day",
            ),
            models.CheckConstraint(condition=models.Q(presses__gte=0), name="audience_press_day_count"),
        ]
