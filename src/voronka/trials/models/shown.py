"""Who was shown which arm, and the money that came of it."""

from django.db import models
from django.db.models import Q

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.trials.models.trials import Trial


class Exposure(CompanyModel):
    """Somebody was shown an arm: `unit` is what the part that shows calls him ("client:7", "visitor:12").

    `client_id` is who he is, as far as is known. `money` is what his credited gains are worth by now, `returned` what
    was taken off them, `buys` how many of them are worth anything; sums over all rows are kept in Tally by a trigger.
    """

    keep_history = False

    trial = CompanyForeignKey(Trial, on_delete=models.CASCADE, related_name="exposures", db_index=False)
    unit = models.CharField(max_length=60)
    arm = models.PositiveSmallIntegerField()
    client_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    buys = models.PositiveIntegerField(default=0)
    money = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    returned = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "trial", "unit"], name="trials_exposure_once")]
        indexes = [
            models.Index(fields=["company", "unit"], name="trials_exposure_unit"),
            models.Index(
                fields=["company", "client_id"], condition=Q(client_id__isnull=False), name="trials_exposure_client"
            ),
        ]


class Gain(CompanyModel):
    """What somebody did that is worth money, once by its `key` ("order:123"): `first` as told first, `money` now."""

    keep_history = False

    key = models.CharField(max_length=60)
    unit = models.CharField(max_length=60, blank=True)
    client_id = models.BigIntegerField(null=True)
    first = models.DecimalField(max_digits=14, decimal_places=2)
    money = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="trials_gain_once")]
        indexes = [
            models.Index(fields=["company", "told_at"], name="trials_gain_told"),
            models.Index(fields=["company", "unit"], condition=~Q(unit=""), name="trials_gain_unit"),
            models.Index(
                fields=["company", "client_id"], condition=Q(client_id__isnull=False), name="trials_gain_client"
            ),
        ]


class Credit(CompanyModel):
    """A gain that counts in a test, for the first of the exposures of its maker: once, and it stays there."""

    keep_history = False

    trial = CompanyForeignKey(Trial, on_delete=models.CASCADE, related_name="+", db_index=False)
    gain = CompanyForeignKey(Gain, on_delete=models.CASCADE, related_name="+", db_index=False)
    exposure = CompanyForeignKey(Exposure, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "gain", "trial"], name="trials_credit_once")]
        indexes = [models.Index(fields=["company", "exposure"], name="trials_credit_exposure")]


class Tally(CompanyModel):
    """The sums over the exposures of an arm, in eight parts so that those shown at once do not wait for each other.

    Written by the trigger of sql/trials.sql alone, in the statement that changes the exposures.
    """

    keep_history = False

    trial = CompanyForeignKey(Trial, on_delete=models.CASCADE, related_name="tallies", db_index=False)
    arm = models.PositiveSmallIntegerField()
    part = models.PositiveSmallIntegerField()
    shown = models.IntegerField(default=0)
    buyers = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    money = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    returned = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    squares = models.DecimalField(max_digits=36, decimal_places=4, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "trial", "arm", "part"], name="trials_tally_once")]
