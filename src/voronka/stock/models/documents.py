"""Papers of the storekeeper: purchase orders, receipts, transfers, write-offs, returns to suppliers, counts."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.stock.models.places import Place


class Numbering(CompanyModel):
    """The number that the next document of a kind gets: no gaps, since the row is locked until the document stands."""

    keep_history = False

    kind = models.CharField(max_length=10)
    next = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind"], name="stock_numbering_once")]


class Document(CompanyModel):
    """One paper. `basis` is what it was made from (a receipt: its purchase order); `partner_number` is on the
    supplier's own paper. A transfer that was sent and has not arrived is under way (`sent`). `version` counts the
    steps of the paper, `last_operation` is what asked for the last of them.
    """

    class Kind(models.TextChoices):
        """What it does when it is done."""

        PURCHASE = "purchase"
        RECEIPT = "receipt"
        TRANSFER = "transfer"
        WRITE_OFF = "write_off"
        BACK = "back"
        COUNT = "count"

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft"
        OPEN = "open"
        SENT = "sent"
        DONE = "done"
        CANCELLED = "cancelled"

    public_id = PublicIdField()
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    source = CompanyForeignKey(Place, null=True, blank=True, related_name="+", db_index=False)
    target = CompanyForeignKey(Place, null=True, blank=True, related_name="+", db_index=False)
    supplier = CompanyForeignKey("catalogue.Supplier", null=True, blank=True, related_name="+", db_index=False)
    basis = CompanyForeignKey("self", null=True, blank=True, related_name="+", db_index=False)
    partner_number = models.CharField(max_length=60, blank=True)
    comment = models.TextField(blank=True)
    reason = models.CharField(max_length=20, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    last_operation = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "number"], name="stock_document_number"),
            models.CheckConstraint(
                condition=models.Q(source__isnull=True)
                | models.Q(target__isnull=True)
                | ~models.Q(source=models.F("target")),
                name="stock_document_elsewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="stock_document_newest"),
            models.Index(fields=["company", "basis"], name="stock_document_basis"),
            models.Index(
                fields=["company", "kind", "state"],
                condition=models.Q(state__in=["draft", "open", "sent"]),
                name="stock_document_live",
            ),
        ]


class DocumentLine(CompanyModel):
    """One variant of a document: what was wanted, what was done, and what came damaged. `cost` is of one piece.

    In a count `wanted` is what the books said at the last scan, and `scanned_at` that moment.
    """

    keep_history = False

    document = CompanyForeignKey(Document, on_delete=models.CASCADE, related_name="lines", db_index=False)
    variant = CompanyForeignKey("catalogue.Variant", related_name="+")
    wanted = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    done = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    damaged = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    cost = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    lot_number = models.CharField(max_length=80, blank=True)
    expires = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    settled = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "document", "variant", "lot_number"], name="stock_documentline_once"
            ),
            models.CheckConstraint(
                condition=models.Q(done__gte=0, damaged__gte=0)
                & (models.Q(wanted__isnull=True) | models.Q(wanted__gte=0))
                & (models.Q(cost__isnull=True) | models.Q(cost__gte=0)),
                name="stock_documentline_true",
            ),
        ]


class Scan(CompanyModel):
    """One reading of a scanner, or one number typed, on a document. `operation` keeps it from counting twice."""

    append_only = True
    keep_history = False

    operation = models.UUIDField()
    document = CompanyForeignKey(Document, related_name="+", db_index=False)
    variant = CompanyForeignKey("catalogue.Variant", null=True, related_name="+", db_index=False)
    code = models.CharField(max_length=80, blank=True)
    lot_number = models.CharField(max_length=80, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    is_damaged = models.BooleanField(default=False)
    is_aside = models.BooleanField(default=False)
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "operation"], name="stock_scan_once")]
        indexes = [models.Index(fields=["company", "document", "id"], name="stock_scan_document")]
