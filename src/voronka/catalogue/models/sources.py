"""Where suppliers' price lists come from by themselves."""

from django.db import models
from encrypted_fields.fields import EncryptedCharField

from voronka.catalogue.models.loading import PriceLoad
from voronka.catalogue.models.suppliers import Supplier
from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class PriceSource(CompanyModel):
    """A folder of the installation, an address or a mailbox that is looked into each night at `hour` of the company.

    A folder is asked for names like `pattern`. A mailbox (IMAP over TLS) is asked for unseen letters whose sender holds
    `sender` and whose subject holds `subject`.
    """

    class Kind(models.TextChoices):
        """What is looked into."""

        FOLDER = "folder"
        URL = "url"
        MAIL = "mail"

    public_id = PublicIdField()
    supplier = CompanyForeignKey(Supplier, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=6, choices=Kind)
    hour = models.PositiveSmallIntegerField(default=4)
    pattern = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=993)
    login = models.CharField(max_length=200, blank=True)
    password = EncryptedCharField(max_length=200, blank=True, null=True)
    sender = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hour__lt=24), name="catalogue_pricesource_hour")]


class SourceState(CompanyModel):
    """What came of the last look: new, running, loaded, same, nothing, failed; `error` in words of the company.

    `etag` and `modified` are what the address said of its file, `digest` tells the content that was loaded last.
    """

    keep_history = False

    source = CompanyForeignKey(PriceSource, on_delete=models.CASCADE, related_name="states", db_index=False)
    state = models.CharField(max_length=8, default="new")
    error = models.TextField(blank=True)
    looked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    load = CompanyForeignKey(PriceLoad, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "source"], name="catalogue_sourcestate_once")]
        indexes = [models.Index(fields=["next_at"], name="catalogue_sourcestate_due")]


class SeenLetter(CompanyModel):
    """A letter whose lists were taken: by its message id (a hash of it), so that nothing is loaded twice."""

    keep_history = False

    source = CompanyForeignKey(PriceSource, on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.CharField(max_length=64)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "source", "message"], name="catalogue_seenletter_once")
        ]


class RefusedList(CompanyModel):
    """A file of a supplier's letter that could not be loaded, and why, in words of the company.

    Kept until it is tried again with success or put aside: the letter itself counts as seen.
    """

    keep_history = False

    public_id = PublicIdField()
    source = CompanyForeignKey(PriceSource, on_delete=models.CASCADE, related_name="refused", db_index=False)
    file = CompanyForeignKey("kit.StoredFile", related_name="+")
    problem = models.TextField()
    came_at = models.DateTimeField()
    tried_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "source", "-id"], name="catalogue_refusedlist_new")]
