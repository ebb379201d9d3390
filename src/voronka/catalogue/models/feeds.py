"""Feeds out: which goods, at which prices, in which format; and the files as they are put together."""

from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedCharField

from voronka.catalogue.models.goods import Category
from voronka.catalogue.models.prices import PriceKind
from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Feed(CompanyModel):
    """What a site or a market place is told of the goods on sale. `is_whole`: of all, else of named categories.

    `only_available` leaves out what cannot be had, `with_count` tells how many there are. `page` is the address of a
    product's page on the shop's site, with {code} or {id} in it; `base` is where this installation is reached.
    """

    class Kind(models.TextChoices):
        """The format."""

        YML = "yml"
        CSV = "csv"
        JSON = "json"

    public_id = PublicIdField()
    name = models.CharField(max_length=100)
    format = models.CharField(max_length=4, choices=Kind, default=Kind.YML)
    kind = CompanyForeignKey(PriceKind, related_name="+")
    is_whole = models.BooleanField(default=True)
    only_available = models.BooleanField(default=False)
    with_count = models.BooleanField(default=False)
    shop_name = models.CharField(max_length=100)
    site = models.CharField(max_length=500)
    page = models.CharField(max_length=500, blank=True)
    base = models.CharField(max_length=300, blank=True)
    is_on = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="catalogue_feed_name")]


class FeedCategory(CompanyModel):
    """A category whose goods, and those of its branches, a feed tells of."""

    feed = CompanyForeignKey(Feed, on_delete=models.CASCADE, related_name="categories", db_index=False)
    category = CompanyForeignKey(Category, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "feed", "category"], name="catalogue_feed_category")
        ]


class FeedState(CompanyModel):
    """A feed's address and its file. `hash` is that of the secret in the address, `digest` tells what stands in it.

    `is_stale`: everything is to be looked at again. That is done in pieces: `building_at` is the moment at which it was
    begun and whose prices it tells, `built_to` the id of the last variant that was looked at. `next_at` is when a
    planned price begins or ends, or the night comes; `looked_at` up to which moment planned prices were taken.
    `changed_at` is when the file last differed, `format` what it is written in.
    """

    keep_history = False

    feed = CompanyForeignKey(Feed, on_delete=models.CASCADE, related_name="states", db_index=False)
    secret = EncryptedCharField(max_length=100)
    hash = models.CharField(max_length=64)
    is_stale = models.BooleanField(default=True)
    building_at = models.DateTimeField(null=True)
    built_to = models.BigIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    head = models.BinaryField(default=b"")
    head_size = models.PositiveBigIntegerField(default=0)
    head_crc = models.PositiveBigIntegerField(default=0)
    format = models.CharField(max_length=4, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    offers = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "feed"], name="catalogue_feedstate_once")]
        indexes = [models.Index(fields=["hash"], name="catalogue_feedstate_hash")]


class FeedOffer(CompanyModel):
    """An offer as it stands in a feed's file, in the block it stands in.

    Ids without keys: an offer outlives its variant until the file is put together without it.
    """

    keep_history = False

    feed = CompanyForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    variant_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    block = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "feed", "variant_id"], name="catalogue_feedoffer_once")
        ]
        indexes = [
            models.Index(fields=["company", "feed", "block", "variant_id"], name="catalogue_feedoffer_block"),
            models.Index(fields=["company", "product_id"], name="catalogue_feedoffer_product"),
        ]


class FeedBlock(CompanyModel):
    """A packed piece of a feed's file: some dozens of offers.

    While everything is looked at again, blocks that differ wait as `is_next` beside those that are handed out, and all
    take their places at once; one without offers says that its number goes.
    """

    keep_history = False

    feed = CompanyForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    is_next = models.BooleanField(default=False)
    packed = models.BinaryField()
    size = models.PositiveIntegerField()
    crc = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=32)
    offers = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "feed", "number", "is_next"], name="catalogue_feedblock_once")
        ]


class FeedTouch(CompanyModel):
    """A variant to be looked at again for the feeds. Rows are added and taken, never changed: nobody waits."""

    keep_history = False

    variant_id = models.BigIntegerField()
