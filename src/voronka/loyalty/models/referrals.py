"""Clients who bring friends: the programme's terms, links, who brought whom, what it earned and what was paid out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.loyalty.models.promos import Promo, PromoCode


class ReferralTerms(CompanyModel):
    """The terms of the company's referral programme, one row.

    Who brought a friend gets `percent` of what the friend buys within `days` of his first order, at most `cap` for one
    friend; an order counts when it is `earned_by`. The friend gets a code of `gift` for himself. `page` is where links
    lead; whoever came by one is remembered for `touch_days`. What was earned is paid out in `pays` way; such a code
    holds for `code_days`.
    """

    class Earned(models.TextChoices):
        """When an order counts."""

        DELIVERED = "delivered"
        PAID = "paid"
        BOTH = "both"

    class Pays(models.TextChoices):
        """How what was earned is paid out: by a code of that sum, or by a person, who notes it."""

        CODE = "code"
        NOTE = "note"

    is_on = models.BooleanField(default=False)
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=5)
    days = models.PositiveIntegerField(default=365)
    cap = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    earned_by = models.CharField(max_length=9, choices=Earned, default=Earned.BOTH)
    gift = CompanyForeignKey(Promo, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    gift_days = models.PositiveIntegerField(default=30)
    page = models.CharField(max_length=300, blank=True)
    touch_days = models.PositiveIntegerField(default=30)
    pays = models.CharField(max_length=4, choices=Pays, default=Pays.CODE)
    code_days = models.PositiveIntegerField(default=180)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="loyalty_terms_one"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="loyalty_terms_percent"),
            models.CheckConstraint(condition=Q(cap__isnull=True) | Q(cap__gt=0), name="loyalty_terms_cap"),
            models.CheckConstraint(
                condition=Q(days__gte=1, touch_days__gte=1, code_days__gte=1, gift_days__gte=1),
                name="loyalty_terms_days",
            ),
        ]


class ReferralLink(CompanyModel):
    """A client's own link; its code is the public id. Joined cards have several; each leads to whose it is."""

    keep_history = False

    public_id = PublicIdField()
    client = CompanyForeignKey("people.Client", related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["company", "client", "id"], name="loyalty_link_client")]


class Referral(CompanyModel):
    """A friend brought by a client, on the terms of that day. A client is brought once.

    `touched_at` is when the friend came by the link, or the code was named: orders from then on count. While it is
    `held` for a person to judge, because of `reasons`, and when refused, nothing of it is paid out. Who was erased is
    named no more.
    """

    class State(models.TextChoices):
        """Where it stands."""

        ACTIVE = "active"
        HELD = "held"
        REFUSED = "refused"

    class Way(models.TextChoices):
        """How the code came to be known."""

        SITE = "site"
        FORM = "form"
        PERSON = "person"

    keep_history = False

    public_id = PublicIdField()
    referrer = CompanyForeignKey("people.Client", null=True, related_name="+", db_index=False)
    friend = CompanyForeignKey("people.Client", null=True, related_name="+", db_index=False)
    way = models.CharField(max_length=6, choices=Way)
    touched_at = models.DateTimeField()
    made_at = models.DateTimeField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    days = models.PositiveIntegerField()
    cap = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    earned_by = models.CharField(max_length=9, choices=ReferralTerms.Earned)
    gift_code = CompanyForeignKey(PromoCode, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    state = models.CharField(max_length=7, choices=State, default=State.ACTIVE)
    reasons = ArrayField(models.CharField(max_length=12), default=list)
    judged_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    judged_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "friend"], condition=Q(friend__isnull=False), name="loyalty_referral_friend"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="loyalty_referral_new"),
            models.Index(fields=["company", "state", "-id"], name="loyalty_referral_state"),
            models.Index(
                fields=["company", "referrer", "-id"],
                condition=Q(referrer__isnull=False),
                name="loyalty_referral_referrer",
            ),
        ]

    @property
    def is_own(self) -> bool:
        """Tell whether a client would have brought himself: cards were joined."""
        return self.referrer_id is not None and self.referrer_id == self.friend_id


class ReferralGain(CompanyModel):
    """What an order of a friend has earned by now: `amount` of `base`, which is what he paid for goods that he kept.

    One row for an order; reckoned anew, together with the friend's other orders, whenever one of them changes.
    """

    keep_history = False

    referral = CompanyForeignKey(Referral, related_name="gains", db_index=False)
    holder_kind = models.CharField(max_length=40)
    holder_id = models.BigIntegerField()
    base = models.DecimalField(max_digits=16, decimal_places=2)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    at = models.DateTimeField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "holder_kind", "holder_id"], name="loyalty_gain_holder"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, base__gte=0, amount__lte=models.F("base")), name="loyalty_gain_amount"
            ),
        ]
        indexes = [models.Index(fields=["company", "referral", "id"], name="loyalty_gain_referral")]


class ReferralPayout(CompanyModel):
    """A line of what was paid out to a client for his friends: by a `code` of that sum, or as `note` says.

    Lines are only added; whom they name follows joined cards.
    """

    keep_history = False

    referrer = CompanyForeignKey("people.Client", null=True, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    way = models.CharField(max_length=4, choices=ReferralTerms.Pays)
    code = CompanyForeignKey(PromoCode, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    note = models.CharField(max_length=200, blank=True)
    operation = models.UUIDField()
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "operation"], name="loyalty_payout_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="loyalty_payout_amount"),
        ]
        indexes = [
            models.Index(
                fields=["company", "referrer", "id"],
                condition=Q(referrer__isnull=False),
                name="loyalty_payout_referrer",
            ),
        ]
