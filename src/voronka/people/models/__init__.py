"""Clients and what is known of them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Replace, Reverse, Upper
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.limits import Emptied
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyManager, CompanyModel
from voronka.people.models.bulk import BulkRow, BulkRun
from voronka.people.models.completeness import FieldWeight
from voronka.people.models.fields import CustomField
from voronka.people.models.importing import ImportMapping, ImportRow, ImportRun
from voronka.people.models.inbox import Blocked, InboxChannel, InboxLead
from voronka.people.models.merging import LikelyPair, MergedCard, MergeRun

__all__ = [
    "Address",
    "Blocked",
    "BulkRow",
    "BulkRun",
    "Client",
    "Consent",
    "ContactPerson",
    "ContactPoint",
    "CustomField",
    "FieldWeight",
    "ImportMapping",
    "ImportRow",
    "ImportRun",
    "InboxChannel",
    "InboxLead",
    "LikelyPair",
    "MatchKey",
    "MergeRun",
    "MergedCard",
    "NotDuplicates",
    "Note",
    "Touch",
]


class ClientManager(CompanyManager["Client"]):
    """Shows the clients that are not in the recycle bin: to lists, searches and verbs those are not there."""

    def get_queryset(self) -> models.QuerySet["Client"]:
        """Return the cards of the company outside of the bin."""
        return super().get_queryset().filter(binned_at__isnull=True)


class Client(Emptied, CompanyModel):
    """A person or an organisation the company deals with.

    `name` is what lists and the card show; `name_key` is its comparison form (rules.names.name_key);
    `fields` holds custom field values by field code; `version` grows with each edit, so that two people
    editing one card do not overwrite each other. Zone and calling hours are the client's own; minutes are
    of the client's local day, empty where the company's default holds. `city` and `address` with `address_label` and
    `postcode` are the main address, by which zone, lists and filters go; the others are rows of Address. `sort_key` is
    the name in capitals with Ё as Е, kept by the database: by it lists are sorted and parts of names found. A card with
    `binned_at` lies in the recycle bin: `objects` does not show it, `with_binned` does; once `erased_at` is set it
    names nobody any more.
    """

    class Kind(models.TextChoices):
        """A person or an organisation."""

        PERSON = "person"
        ORGANISATION = "organisation"

    public_id = PublicIdField()
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300, blank=True)
    sort_key = models.GeneratedField(
        expression=Upper(
            Replace(Replace("name", models.Value("ё"), models.Value("е")), models.Value("Ё"), models.Value("Е"))
        ),
        output_field=models.CharField(max_length=300, db_collation="C"),
        db_persist=True,
    )
    last_name = models.CharField(max_length=100, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    middle_name = models.CharField(max_length=100, blank=True)
    gender = models.CharField(max_length=1, blank=True)
    birthday = models.DateField(null=True, blank=True)
    city = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=500, blank=True)
    address_label = models.CharField(max_length=60, blank=True, default="", db_default="")
    postcode = models.CharField(max_length=20, blank=True, default="", db_default="")
    position = models.CharField(max_length=200, blank=True)
    zone = models.CharField(max_length=64)
    zone_source = models.CharField(max_length=10, default="company")
    zone_sure = models.BooleanField(default=False)
    call_opens_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    call_closes_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    is_vip = models.BooleanField(default=False)
    comment = models.TextField(blank=True)
    inn = models.CharField(max_length=12, blank=True)
    kpp = models.CharField(max_length=9, blank=True)
    ogrn = models.CharField(max_length=15, blank=True)
    bik = models.CharField(max_length=9, blank=True)
    account = models.CharField(max_length=20, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    responsible = CompanyForeignKey("accounts.Employee", null=True, blank=True, related_name="+", db_index=False)
    external_id = models.CharField(max_length=100, blank=True)
    purchases_sum = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    first_source = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)
    binned_by = CompanyForeignKey("accounts.Employee", null=True, blank=True, related_name="+", db_index=False)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ClientManager] = ClientManager()
    with_binned = CompanyManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(call_opens_minute__isnull=True, call_closes_minute__isnull=True)
                | models.Q(call_opens_minute__lt=models.F("call_closes_minute"), call_closes_minute__lte=1440),
                name="people_client_calling_hours",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "sort_key", "id"], name="people_client_sort"),
            GinIndex(fields=["sort_key"], opclasses=["gin_trgm_ops"], name="people_client_trigrams"),
            models.Index(fields=["company", "-made_at", "-id"], name="people_client_made"),
            models.Index(fields=["company", "city", "id"], name="people_client_city"),
            models.Index(fields=["company", "purchases_sum", "id"], name="people_client_sum"),
            models.Index(fields=["company", "kind", "id"], name="people_client_kind"),
            models.Index(fields=["company", "is_vip", "id"], name="people_client_vip"),
            models.Index(fields=["company", "zone", "id"], name="people_client_zone"),
            models.Index(fields=["company", "first_source", "id"], name="people_client_source"),
            # Own fields by what they hold; migration 0007 adds their numbers and their texts.
            GinIndex(
                fields=["fields"],
                opclasses=["jsonb_path_ops"],
                condition=~models.Q(fields={}),
                name="people_client_fields",
            ),
            models.Index(
                fields=["company", "-binned_at"],
                condition=models.Q(binned_at__isnull=False, erased_at__isnull=True),
                name="people_client_bin",
            ),
            models.Index(fields=["company", "responsible", "id"], name="people_client_responsible"),
            models.Index(
                models.F("company"),
                OpClass("inn", name="text_pattern_ops"),
                condition=~models.Q(inn=""),
                name="people_client_inn",
            ),
            models.Index(
                fields=["company", "external_id"],
                condition=~models.Q(external_id=""),
                name="people_client_external",
            ),
        ]


class ContactPoint(CompanyModel):
    """A way to reach a client. `value` is normalised (E.164, lower-case address), `raw` is as it was given."""

    class Kind(models.TextChoices):
        """The channel."""

        PHONE = "phone"
        EMAIL = "email"
        TELEGRAM = "telegram"
        WHATSAPP = "whatsapp"
        VK = "vk"
        MAX = "max"
        SITE = "site"

    client = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=254)
    extension = models.CharField(max_length=10, blank=True)
    raw = models.CharField(max_length=254, blank=True)
    label = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "client", "kind", "value"], name="people_contact_once")
        ]
        indexes = [
            models.Index(fields=["company", "kind", "value"], name="people_contact_value"),
            models.Index(
                models.F("company"),
                OpClass("value", name="text_pattern_ops"),
                name="people_contact_beginning",
            ),
            models.Index(
                models.F("company"),
                OpClass(Reverse("value"), name="text_pattern_ops"),
                condition=models.Q(kind="phone"),
                name="people_contact_ending",
            ),
        ]


class Address(CompanyModel):
    """One more address of a client beside the main one, which stands on the card itself (docs/adr/0066).

    `version` is the card's that the row was last changed with, by which timelines tell the change; 0 where nobody did.
    """

    public_id = PublicIdField()
    client = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="addresses", db_index=False)
    label = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=120, blank=True)
    line = models.CharField(max_length=500, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "client", "city", "line"], name="people_address_once"),
            models.CheckConstraint(condition=~models.Q(city="", line=""), name="people_address_somewhere"),
        ]


class ContactPerson(CompanyModel):
    """A person who speaks for an organisation."""

    organisation = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="contact_persons")
    person = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="workplaces")
    position = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "organisation", "person"], name="people_contact_person_once"),
            models.CheckConstraint(
                condition=~models.Q(organisation=models.F("person")), name="people_contact_person_other"
            ),
        ]


class MatchKey(CompanyModel):
    """A sign by which likely duplicates are found: rules.duplicates.blocking_keys of the client."""

    keep_history = False

    client = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key", "client"], name="people_match_key_once")]
        indexes = [models.Index(fields=["company", "client"], name="people_match_client")]


class NotDuplicates(CompanyModel):
    """A person said that these two cards are different people: the pair is never asked about again."""

    one = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    other = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "one", "other"], name="people_not_duplicates_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="people_not_duplicates_order"),
        ]


class Consent(CompanyModel):
    """A consent given or withdrawn: one row an act, the newest of a kind and channel holds."""

    append_only = True
    keep_history = False

    client = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20)  # advertising, personal_data
    channel = models.CharField(max_length=20)  # email, sms, phone, any
    given = models.BooleanField()
    at = models.DateTimeField()
    text_version = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["company", "client", "purpose", "channel", "-id"], name="people_consent_last")
        ]


class Touch(CompanyModel):
    """A contact of the client with the company from some source: the first and the last one count in analytics.

    `extra` keeps what a form sent beyond the known fields; `signs` are codes of what looks like spam;
    `request_id` is the sender's own, so that a repeated request makes one touch.
    """

    keep_history = False

    client = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="touches", db_index=False)
    at = models.DateTimeField()
    channel = models.CharField(max_length=40)  # form, import, hand, api
    source = models.CharField(max_length=200, blank=True)
    medium = models.CharField(max_length=200, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    term = models.CharField(max_length=200, blank=True)
    content = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=1000, blank=True)
    page = models.CharField(max_length=1000, blank=True)
    message = models.TextField(blank=True)
    extra = models.JSONField(default=dict)
    signs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "request_id"], condition=~models.Q(request_id=""), name="people_touch_request"
            )
        ]
        indexes = [
            models.Index(fields=["company", "client", "at"], name="people_touch_client"),
            models.Index(fields=["company", "at"], name="people_touch_day"),
        ]


class Note(CompanyModel):
    """What an employee wrote down about a client."""

    client = CompanyForeignKey(Client, on_delete=models.CASCADE, related_name="notes")
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["company", "client", "-id"], name="people_note_client"),
            models.Index(fields=["company", "at"], name="people_note_day"),
        ]
