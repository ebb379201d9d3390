"""Where codes were used, and the ledger of it."""

from django.db import models
from django.db.models import Q

from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.loyalty.models.promos import Promo, PromoCode


class PromoUse(CompanyModel):
    """A code in a sale: how it stands now. A sale (`holder_kind`, `holder_id`) has one live code at most.

    The client may change when his card is joined to another; what was taken off is written in the ledger as well.
    """

    keep_history = False

    promo = CompanyForeignKey(Promo, related_name="+", db_index=False)
    code = CompanyForeignKey(PromoCode, related_name="+", db_index=False)
    client = CompanyForeignKey("people.Client", null=True, related_name="+", db_index=False)
    holder_kind = models.CharField(max_length=40)
    holder_id = models.BigIntegerField()
    goods_sum = models.DecimalField(max_digits=16, decimal_places=2)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "holder_kind", "holder_id"],
                condition=Q(given_back_at__isnull=True),
                name="loyalty_use_holder",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0, goods_sum__gte=0), name="loyalty_use_amount"),
        ]
        indexes = [
            models.Index(fields=["company", "promo", "-id"], name="loyalty_use_promo"),
            models.Index(fields=["company", "code", "-id"], name="loyalty_use_code"),
            models.Index(
                fields=["company", "client", "promo"], condition=Q(client__isnull=False), name="loyalty_use_client"
            ),
        ]


class Redemption(CompanyModel):
    """A line of the ledger: a code took `amount` off a sale, took another sum when its lines changed (`amended`: the
    difference, of either sign), or was given back (minus all that it took). The lines of a use add up to its `amount`.
    """

    keep_history = False
    append_only = True

    class Kind(models.TextChoices):
        """What happened."""

        REDEEMED = "redeemed"
        AMENDED = "amended"
        GIVEN_BACK = "given_back"

    use = CompanyForeignKey(PromoUse, related_name="lines", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    operation = models.UUIDField()
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "operation"], name="loyalty_redemption_once"),
            models.UniqueConstraint(
                fields=["company", "use"], condition=Q(kind="given_back"), name="loyalty_redemption_back"
            ),
        ]
        indexes = [models.Index(fields=["company", "use", "id"], name="loyalty_redemption_use")]
