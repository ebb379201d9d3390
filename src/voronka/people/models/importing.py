"""Loading a file of clients: the run, its rows, and how its columns were understood."""

from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class ImportRun(CompanyModel):
    """One loading of a file of clients, from the file to its undo.

    `mapping` gives the target of each column; `options` the policy and other choices; counters are kept
    while it runs. States: new, checking, ready, running, done, stopped, failed, undoing, undone.
    """

    keep_history = False

    public_id = PublicIdField()
    file = CompanyForeignKey("kit.StoredFile", related_name="+")
    state = models.CharField(max_length=10, default="new")
    sheet = models.CharField(max_length=100, blank=True)
    layout = models.JSONField(default=dict)
    mapping = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="people_import_last")]


class ImportRow(CompanyModel):
    """What became of one row of a file, where that is worth keeping: made, updated, rejected or asked.

    `before` holds the replaced values of an updated card, `written` the new ones: the undo gives back each
    field that still holds what the import wrote. `reason` is a code of the rejection, `cells` the row
    itself for the file of rejected rows and for questions; `candidate` is the card a person is asked about.
    """

    keep_history = False

    run = CompanyForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10)
    client = CompanyForeignKey("people.Client", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    candidate = CompanyForeignKey(
        "people.Client", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=200, blank=True)
    cells = models.JSONField(null=True)
    before = models.JSONField(null=True)
    written = models.JSONField(null=True)
    undone = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "run", "number"], name="people_import_row_once")]
        indexes = [
            models.Index(fields=["company", "run", "outcome", "number"], name="people_import_row_outcome"),
            models.Index(
                fields=["company", "client"],
                condition=models.Q(client__isnull=False),
                name="people_import_row_client",
            ),
            models.Index(
                fields=["company", "candidate"],
                condition=models.Q(candidate__isnull=False),
                name="people_import_row_candidate",
            ),
        ]


class ImportMapping(CompanyModel):
    """The mapping of columns chosen last for files with the same header: remembered for the next one."""

    header_key = models.CharField(max_length=64)
    mapping = models.JSONField()
    options = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "header_key"], name="people_import_mapping_once")]
