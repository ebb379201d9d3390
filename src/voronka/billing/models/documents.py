"""Papers, as they were issued."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel

# Invoices that wait for money: what payments are held against.
_OPEN = models.Q(kind="invoice", state="issued", paid__lt=models.F("amount"))


class PaperTemplate(CompanyModel):
    """A text of the company's own: Liquid over a small HTML (rules.papers.written), or over a file of Word that is kept
    under `file`.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=100)
    body = models.TextField(blank=True)
    file = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="billing_template_name")]


class Document(CompanyModel):
    """A paper to a client. A draft has no number; what is issued never loses the one it got, void or not.

    `body` is the paper as issued (rules.stored): lines with their sums and taxes, both sides, terms, pictures and own
    text of then (`issued`). `paid` is the sum of its allocations and never more than `amount`: the database holds both.
    `source` is the paper this one was made from, `cause` the press that made it. `version` grows when a paper is
    changed or issued anew. By `payer_inn` and `payer_words` payments find their invoices.
    """

    class State(models.TextChoices):
        """Where a paper stands."""

        DRAFT = "draft"
        ISSUED = "issued"
        VOID = "void"

    public_id = PublicIdField()
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    series = CompanyForeignKey("billing.Series", null=True, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField(null=True)
    count = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=60, blank=True)
    number_key = models.CharField(max_length=60, blank=True)
    day = models.DateField()
    due_on = models.DateField(null=True)
    requisites = CompanyForeignKey("billing.Requisites", related_name="+", db_index=False)
    account = CompanyForeignKey("billing.Account", null=True, related_name="+", db_index=False)
    client = CompanyForeignKey("people.Client", null=True, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3, default="RUB")
    amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    tax = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    body = models.JSONField(default=dict)
    words = models.TextField(blank=True)
    payer_inn = models.CharField(max_length=12, blank=True)
    payer_words = ArrayField(models.CharField(max_length=100), default=list)
    source = CompanyForeignKey("self", null=True, related_name="+", db_index=False)
    template = CompanyForeignKey(PaperTemplate, null=True, related_name="+", db_index=False)
    cause = models.UUIDField(null=True)
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    issued_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "series", "year", "count"], name="billing_document_number"),
            models.CheckConstraint(
                condition=models.Q(paid__gte=0, paid__lte=models.F("amount")), name="billing_document_paid"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", count__isnull=True, issued_at__isnull=True)
                | (~models.Q(state="draft") & models.Q(count__isnull=False, issued_at__isnull=False)),
                name="billing_document_issued",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="void") | models.Q(paid=0, voided_at__isnull=False),
                name="billing_document_void",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-day", "-id"], name="billing_document_day"),
            models.Index(fields=["company", "client", "-day", "-id"], name="billing_document_client"),
            models.Index(fields=["company", "number_key"], name="billing_document_key"),
            models.Index(fields=["company", "amount", "-id"], name="billing_document_sum"),
            models.Index(
                fields=["company", "subject_kind", "subject_id"],
                condition=models.Q(subject_id__isnull=False),
                name="billing_document_subject",
            ),
            models.Index(
                fields=["company", "due_on", "id"],
                condition=models.Q(kind="invoice", state="issued") & models.Q(paid__lt=models.F("amount")),
                name="billing_document_open",
            ),
            models.Index(fields=["company", "source"], name="billing_document_source"),
            models.Index(
                fields=["company", "cause"], condition=models.Q(cause__isnull=False), name="billing_doc_cause"
            ),
            GinIndex(OpClass(Upper("words"), name="gin_trgm_ops"), name="billing_document_words"),
            models.Index(
                models.F("company"), models.F("amount") - models.F("paid"), condition=_OPEN, name="billing_open_left"
            ),
            models.Index(fields=["company", "payer_inn"], condition=_OPEN, name="billing_open_inn"),
            GinIndex(fields=["payer_words"], condition=_OPEN, name="billing_open_words"),
        ]


class DocumentVersion(CompanyModel):
    """A paper as it once was issued; its file is kept under `file` once it has been drawn."""

    keep_history = False

    document = CompanyForeignKey(Document, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    day = models.DateField()
    file = models.CharField(max_length=12, blank=True)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "document", "version"], name="billing_version_once"),
        ]
