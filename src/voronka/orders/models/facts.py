"""What the report reads of orders."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.orders.models.orders import Order


class OrderFact(CompanyModel):
    """An order as the report reads it: kept by a listener, compared with the orders by `voronka check orders`.

    `came_at` is when it came to the client; `is_flawed` tells that it cannot be perfect: something was given back,
    waited for or sent in parts, or its sum changed. `left_cost` is what the goods that left were worth. `statuses` and
    `minutes` are the stays that ended, in their order. No words of people: who is forgotten is not to be found here.
    """

    keep_history = False

    order = CompanyForeignKey(Order, on_delete=models.CASCADE, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    responsible_id = models.BigIntegerField(null=True)
    is_cancelled = models.BooleanField(default=False)
    first_promised_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField(null=True)
    total = models.DecimalField(max_digits=16, decimal_places=2)
    paid = models.DecimalField(max_digits=16, decimal_places=2)
    cost = models.DecimalField(max_digits=16, decimal_places=2)
    left_cost = models.DecimalField(max_digits=18, decimal_places=2)
    is_flawed = models.BooleanField(default=False)
    statuses = ArrayField(models.BigIntegerField(), default=list)
    minutes = ArrayField(models.FloatField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "order"], name="orders_fact_once")]
        indexes = [
            models.Index(fields=["company", "made_at"], name="orders_fact_made"),
            models.Index(
                fields=["company", "first_promised_at"],
                condition=models.Q(first_promised_at__isnull=False, is_cancelled=False),
                name="orders_fact_promised",
            ),
        ]
