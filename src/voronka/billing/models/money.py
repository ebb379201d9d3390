"""Money that came and went, and which papers it is for."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Statement(CompanyModel):
    """A bank's statement that was loaded: what it held, how much of it was new, what could not be read."""

    keep_history = False

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    account = CompanyForeignKey("billing.Account", null=True, related_name="+", db_index=False)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    moves = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    bound = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    loaded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="billing_statement_new")]


class Payment(CompanyModel):
    """Money that came in (or went out: `is_income` false). `allocated` is given to papers, `refunded` went back:
    together never more than `amount`, which the database holds. `key` tells a movement of a statement or provider
    from others, `operation` the form that entered it: sent twice, it is one.

    `settled` is "" while somebody has to decide, "all" when nothing is left, "advance", "aside" (no sale) or "void".
    """

    public_id = PublicIdField()
    is_income = models.BooleanField(default=True)
    method = models.CharField(max_length=10)
    day = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    allocated = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    refunded = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="RUB")
    number = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200, blank=True)
    inn = models.CharField(max_length=12, blank=True)
    purpose = models.CharField(max_length=500, blank=True)
    other_account = models.CharField(max_length=34, blank=True)
    account = CompanyForeignKey("billing.Account", null=True, related_name="+", db_index=False)
    client = CompanyForeignKey("people.Client", null=True, related_name="+", db_index=False)
    statement = CompanyForeignKey(Statement, null=True, related_name="+", db_index=False)
    refund_of = CompanyForeignKey("self", null=True, related_name="+", db_index=False)
    key = models.CharField(max_length=80, null=True)  # noqa: DJ001 - NULL where nothing tells it from others
    operation = models.UUIDField(null=True)
    settled = models.CharField(max_length=8, blank=True)
    note = models.CharField(max_length=300, blank=True)
    cause = models.UUIDField(null=True)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="billing_payment_key"),
            models.UniqueConstraint(fields=["company", "operation"], name="billing_payment_operation"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="billing_payment_amount"),
            models.CheckConstraint(
                condition=models.Q(allocated__gte=0, refunded__gte=0)
                & models.Q(amount__gte=models.F("allocated") + models.F("refunded")),
                name="billing_payment_given",
            ),
            models.CheckConstraint(
                condition=~models.Q(settled="void") | models.Q(allocated=0, refunded=0), name="billing_payment_void"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-day", "-id"], name="billing_payment_day"),
            models.Index(fields=["company", "amount", "-id"], name="billing_payment_sum"),
            models.Index(fields=["company", "number"], name="billing_payment_number"),
            models.Index(
                fields=["company", "client", "-day"],
                condition=models.Q(client__isnull=False),
                name="billing_payment_client",
            ),
            models.Index(
                fields=["company", "statement", "id"],
                condition=models.Q(statement__isnull=False),
                name="billing_payment_statement",
            ),
            models.Index(
                fields=["company", "-day", "-id"],
                condition=models.Q(settled="", is_income=True),
                name="billing_payment_waits",
            ),
            models.Index(
                fields=["company", "cause"], condition=models.Q(cause__isnull=False), name="billing_pay_cause"
            ),
        ]


class Allocation(CompanyModel):
    """A part of a payment given to a paper. Taking it back is a counter-entry: a negative row that names the first."""

    keep_history = False
    append_only = True

    public_id = PublicIdField()
    payment = CompanyForeignKey(Payment, related_name="allocations", db_index=False)
    document = CompanyForeignKey("billing.Document", related_name="allocations", db_index=False)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    is_auto = models.BooleanField(default=False)
    reverses = CompanyForeignKey("self", null=True, related_name="+", db_index=False)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, reverses__isnull=True)
                | models.Q(amount__lt=0, reverses__isnull=False),
                name="billing_allocation_sign",
            ),
            models.UniqueConstraint(fields=["company", "reverses"], name="billing_allocation_back"),
        ]
        indexes = [
            models.Index(fields=["company", "payment"], name="billing_allocation_payment"),
            models.Index(fields=["company", "document"], name="billing_allocation_document"),
        ]


class Surplus(CompanyModel):
    """What of a payment came for an order beyond what the order costs by now: `amount` is to be given back, or to be
    left to the client for what he buys next, as somebody decides; zero once that is done.

    It lies on no paper, so it is a part of what is left of its payment: never more than that (services.surplus).
    """

    public_id = PublicIdField()
    payment = CompanyForeignKey(Payment, related_name="surpluses", db_index=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "payment", "subject_kind", "subject_id"], name="billing_surplus_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="billing_surplus_amount"),
        ]
        indexes = [
            models.Index(fields=["company", "subject_kind", "subject_id"], name="billing_surplus_subject"),
            models.Index(
                fields=["company", "made_at", "id"], condition=models.Q(amount__gt=0), name="billing_surplus_waits"
            ),
        ]


class ClientDebt(CompanyModel):
    """What a client owes by his unpaid invoices: kept by a listener, compared with them by `voronka check money`.

    Who owes nothing has no row. Lists of clients sort and filter by it as by `kept_debt`.
    """

    keep_history = False

    client = CompanyForeignKey(
        "people.Client", on_delete=models.CASCADE, related_name="+", related_query_name="kept_debt", db_index=False
    )
    amount = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "client"], name="billing_debt_client"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="billing_debt_amount"),
        ]
        indexes = [models.Index(fields=["company", "amount", "client"], name="billing_debt_order")]


class ClientLimit(CompanyModel):
    """How much a client may owe, and for how many days."""

    client = CompanyForeignKey("people.Client", related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "client"], name="billing_limit_client"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="billing_limit_amount"),
        ]
