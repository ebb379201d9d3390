"""Suppliers' price lists: how they are laid out, each loading, and what suppliers call goods."""

from django.db import models
from django.utils import timezone

from voronka.catalogue.models.goods import Variant
from voronka.catalogue.models.suppliers import Supplier
from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class ListLayout(CompanyModel):
    """How a supplier lays his list out, confirmed by a person; `fingerprint` is of the columns' names."""

    supplier = CompanyForeignKey(Supplier, on_delete=models.CASCADE, related_name="+", db_index=False)
    fingerprint = models.CharField(max_length=16)
    layout = models.JSONField()
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "supplier", "fingerprint"], name="catalogue_listlayout_fingerprint"
            )
        ]


class PriceLoad(CompanyModel):
    """One loading of a list.

    States: asked (a person has to look at the layout), waiting, running, done, failed, undone.

    `counts` tell by what goods were found and how many lines wait for a person; `layout` is how this file was read.
    """

    keep_history = False

    public_id = PublicIdField()
    supplier = CompanyForeignKey(Supplier, on_delete=models.CASCADE, related_name="loads", db_index=False)
    file = CompanyForeignKey("kit.StoredFile", related_name="+")
    state = models.CharField(max_length=8, default="asked")
    layout = models.JSONField(default=dict)
    question = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    bad_rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "supplier", "-id"], name="catalogue_priceload_last")]


class SupplierItem(CompanyModel):
    """What a supplier calls a good of his, and which variant of ours it is.

    `key` tells his goods apart: his code, or his name where he has no codes. States: new (not looked at), asked (a
    person has to say), bound, refused (we do not take it). `how` tells by what it was bound: code, barcode, maker,
    memory, name, person. `pieces` are how many of ours one of his holds, `pack` how many his price is of by the column
    of packings, where that is sure. `candidates` are the likeliest variants with scores. A line that the last list left
    out is not `is_listed`.
    """

    keep_history = False  # what loadings changed is kept by ListChange, who answered by the row

    public_id = PublicIdField()
    supplier = CompanyForeignKey(Supplier, on_delete=models.CASCADE, related_name="items", db_index=False)
    key = models.CharField(max_length=90, db_collation="C")
    code = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=500)
    maker_code = models.CharField(max_length=80, blank=True)
    barcode = models.CharField(max_length=14, blank=True)
    brand = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=500, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    vat = models.CharField(max_length=12, blank=True)
    price = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    retail = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="RUB")
    quantity = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    quantity_text = models.CharField(max_length=40, blank=True)
    row = models.PositiveIntegerField(default=0)
    is_listed = models.BooleanField(default=True)
    load = CompanyForeignKey(PriceLoad, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="new")
    how = models.CharField(max_length=8, blank=True)
    variant = CompanyForeignKey(Variant, null=True, blank=True, related_name="supplied")
    pieces = models.PositiveIntegerField(default=1)
    pack = models.PositiveIntegerField(default=1)
    certainty = models.FloatField(default=0)
    candidates = models.JSONField(default=list)
    skipped = models.PositiveIntegerField(default=0)
    answered_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "supplier", "key"], name="catalogue_supplieritem_key"),
            models.CheckConstraint(
                condition=~models.Q(state="bound") | models.Q(variant__isnull=False),
                name="catalogue_supplieritem_bound",
            ),
            models.CheckConstraint(condition=models.Q(pieces__gte=1), name="catalogue_supplieritem_pieces"),
            models.CheckConstraint(condition=models.Q(pack__gte=1), name="catalogue_supplieritem_pack"),
        ]
        indexes = [
            models.Index(
                fields=["company", "supplier", "skipped", "row", "id"],
                condition=models.Q(state="asked"),
                name="catalogue_supplieritem_asked",
            ),
            models.Index(fields=["company", "supplier", "state"], name="catalogue_supplieritem_state"),
        ]


class ListChange(CompanyModel):
    """What a loading changed of an item: `before` are its values then, none for one that it made; for the undo."""

    keep_history = False

    load = CompanyForeignKey(PriceLoad, on_delete=models.CASCADE, related_name="changes", db_index=False)
    item = CompanyForeignKey(SupplierItem, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "load", "item"], name="catalogue_listchange_once")]


class BadRow(CompanyModel):
    """A row of a list that was not taken: its number, why (a code), its cells."""

    keep_history = False

    load = CompanyForeignKey(PriceLoad, on_delete=models.CASCADE, related_name="bad", db_index=False)
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=20)
    cells = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "load", "number"], name="catalogue_badrow_once")]
