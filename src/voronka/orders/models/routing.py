"""How a company chooses where goods leave from."""

from datetime import time

from django.db import models

from voronka.kit.tenancy.models import CompanyModel


class RoutingSettings(CompanyModel):
    """The rule of routing, how many working days goods travel between places, till when orders leave the same day."""

    class Rule(models.TextChoices):
        """What is wanted of the way (rules/routing.py)."""

        NEAREST = "nearest"
        FULLEST = "fullest"
        ONE_PARCEL = "one_parcel"
        SHOP_FIRST = "shop_first"

    rule = models.CharField(max_length=10, choices=Rule, default=Rule.ONE_PARCEL)
    transfer_days = models.PositiveSmallIntegerField(default=1)
    last_hour = models.TimeField(default=time(16))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="orders_routing_once")]
