"""What is sold: categories, products, their variants, and what belongs to them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Replace, Upper
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


def sort_key() -> models.GeneratedField:
    """Return the column that the database keeps from `name`: in capitals with Ё as Е, to sort and to search by."""
    return models.GeneratedField(
        expression=Upper(
            Replace(Replace("name", models.Value("ё"), models.Value("е")), models.Value("Ё"), models.Value("Е"))
        ),
        output_field=models.CharField(max_length=300, db_collation="C"),
        db_persist=True,
    )


class Category(CompanyModel):
    """A group of goods; `path` lists the ids from the top down to its own (`/3/17/`) and is kept by the service."""

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    parent = CompanyForeignKey("self", null=True, blank=True, related_name="children")
    path = models.CharField(max_length=500, blank=True, db_collation="C")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "parent", "name"], nulls_distinct=False, name="catalogue_category_name"
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="catalogue_category_not_itself"),
        ]
        indexes = [models.Index(fields=["company", "path"], name="catalogue_category_path")]


class Product(CompanyModel):
    """What variants share. `unit` is a code of OKEI, `vat` a code of `rules.vat`, `marking` a group of marked goods.

    `attributes` are the product's properties by name; `version` grows with each edit. A product off sale takes its
    variants off sale with it.
    """

    class Kind(models.TextChoices):
        """Goods lie in stock, services do not, a kit is made of other variants."""

        GOODS = "goods"
        SERVICE = "service"
        KIT = "kit"

    public_id = PublicIdField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.GOODS)
    name = models.CharField(max_length=300)
    sort_key = sort_key()
    unit = models.CharField(max_length=4, default="796")
    is_weighed = models.BooleanField(default=False)
    vat = models.CharField(max_length=12, default="main")
    marking = models.CharField(max_length=20, blank=True)
    category = CompanyForeignKey(Category, null=True, blank=True, related_name="products", db_index=False)
    brand = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    is_on_sale = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["company", "sort_key", "id"], name="catalogue_product_sort"),
            models.Index(fields=["company", "category", "id"], name="catalogue_product_category"),
            models.Index(fields=["company", "brand", "id"], name="catalogue_product_brand"),
        ]


class Variant(CompanyModel):
    """A thing that is sold by itself (SKU): a colour, a size, or the product as it is.

    `code` is the company's own article, `name` what is printed, `options` the choices that tell it from its
    neighbours (`{"Цвет": "белый"}`). Millimetres and grams of one piece with its packing. `scale_code` is the number
    by which scales print it into barcodes.
    """

    public_id = PublicIdField()
    product = CompanyForeignKey(Product, on_delete=models.CASCADE, related_name="variants", db_index=False)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    sort_key = sort_key()
    options = models.JSONField(default=dict, blank=True)
    maker_code = models.CharField(max_length=80, blank=True)
    scale_code = models.CharField(max_length=6, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    is_on_sale = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="catalogue_variant_code"),
            models.UniqueConstraint(
                fields=["company", "scale_code"],
                condition=~models.Q(scale_code=""),
                name="catalogue_variant_scale_code",
            ),
            models.CheckConstraint(condition=~models.Q(code=""), name="catalogue_variant_has_code"),
        ]
        indexes = [
            models.Index(fields=["company", "product", "position", "id"], name="catalogue_variant_product"),
            models.Index(fields=["company", "sort_key", "id"], name="catalogue_variant_sort"),
            GinIndex(fields=["sort_key"], opclasses=["gin_trgm_ops"], name="catalogue_variant_trigrams"),
            models.Index(
                fields=["company", "maker_code"],
                condition=~models.Q(maker_code=""),
                name="catalogue_variant_maker",
            ),
        ]


class Barcode(CompanyModel):
    """A code on a variant's packing. `value` is as printed; `key` is the same for all ways to print one number:
    fourteen digits of GTIN, or the value itself.
    """

    class Kind(models.TextChoices):
        """How it is printed."""

        EAN13 = "ean13"
        EAN8 = "ean8"
        UPCA = "upca"
        ITF14 = "itf14"
        CODE128 = "code128"

    variant = CompanyForeignKey(Variant, on_delete=models.CASCADE, related_name="barcodes")
    value = models.CharField(max_length=48)
    key = models.CharField(max_length=48, db_collation="C")
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="catalogue_barcode_once")]


class KitLine(CompanyModel):
    """What one piece of a kit is made of."""

    kit = CompanyForeignKey(Variant, on_delete=models.CASCADE, related_name="kit_lines", db_index=False)
    part = CompanyForeignKey(Variant, related_name="in_kits")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kit", "part"], name="catalogue_kitline_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="catalogue_kitline_quantity"),
            models.CheckConstraint(condition=~models.Q(kit=models.F("part")), name="catalogue_kitline_not_itself"),
        ]


class Related(CompanyModel):
    """Goods that go with a product: shown beside it (related) or offered to it (accessory)."""

    class Kind(models.TextChoices):
        """Why they go together."""

        RELATED = "related"
        ACCESSORY = "accessory"

    product = CompanyForeignKey(Product, on_delete=models.CASCADE, related_name="related", db_index=False)
    other = CompanyForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "product", "other", "kind"], name="catalogue_related_once"),
            models.CheckConstraint(
                condition=~models.Q(product=models.F("other")), name="catalogue_related_not_itself"
            ),
        ]


class OptionGroup(CompanyModel):
    """A choice that the buyer makes when he takes a product: a facade, a worktop. At most `most` options of it."""

    product = CompanyForeignKey(Product, on_delete=models.CASCADE, related_name="option_groups", db_index=False)
    name = models.CharField(max_length=100)
    is_required = models.BooleanField(default=False)
    most = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "product", "name"], name="catalogue_optiongroup_name"),
            models.CheckConstraint(condition=models.Q(most__gte=1), name="catalogue_optiongroup_most"),
        ]


class Option(CompanyModel):
    """One thing to choose: it changes the price by `price_delta` and may take `quantity` of `part` from stock."""

    group = CompanyForeignKey(OptionGroup, on_delete=models.CASCADE, related_name="options", db_index=False)
    name = models.CharField(max_length=100)
    price_delta = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    part = CompanyForeignKey(Variant, null=True, blank=True, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    is_default = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "group", "name"], name="catalogue_option_name"),
            models.CheckConstraint(
                condition=models.Q(part__isnull=True, quantity__isnull=True)
                | models.Q(part__isnull=False, quantity__gt=0),
                name="catalogue_option_part",
            ),
        ]


class Picture(CompanyModel):
    """A picture of a product, or of one variant of it; `file_id` is the kit's row of its bytes."""

    public_id = PublicIdField()
    product = CompanyForeignKey(Product, on_delete=models.CASCADE, related_name="pictures", db_index=False)
    variant = CompanyForeignKey(Variant, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    file_id = models.BigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["company", "product", "position", "id"], name="catalogue_picture_product")]
