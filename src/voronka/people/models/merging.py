"""Cards made one: what was joined, how to take it back, and which cards look like one client."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class MergeRun(CompanyModel):
    """Cards joined into one, by hand, and everything that is needed to part them again.

    `survivor` is the card that holds the rows now: it is pointed on where that one is joined to another in turn.
    `plan` has `cards` (whole rows of the joined cards), `values` (the survivor's columns before and after),
    `moves` (kit.stakes.Moved of every part, in their order); empty once the client's data were erased.
    """

    keep_history = False

    public_id = PublicIdField()
    survivor = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+")
    by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    at = models.DateTimeField()
    plan = models.JSONField()
    undone_at = models.DateTimeField(null=True)
    undone_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["company", "survivor", "-id"], name="people_merge_survivor")]


class MergedCard(CompanyModel):
    """A card that is a part of another one now: its old address and its rows of the log lead to the survivor."""

    keep_history = False

    old_id = models.BigIntegerField()
    old_public_id = models.CharField(max_length=20)
    survivor = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+")
    run = CompanyForeignKey(MergeRun, on_delete=models.CASCADE, related_name="merged")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "old_id"], name="people_merged_once"),
            models.UniqueConstraint(fields=["company", "old_public_id"], name="people_merged_address"),
        ]
        indexes = [models.Index(fields=["company", "survivor"], name="people_merged_survivor")]


class LikelyPair(CompanyModel):
    """Two cards that may be of one client, found in the background; derived, so that it may be made anew any time.

    `score` and `signs` are of rules.duplicates.Likeness.
    """

    keep_history = False

    one = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+")
    other = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    signs = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "one", "other"], name="people_likely_pair_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="people_likely_pair_order"),
        ]
        indexes = [
            models.Index(fields=["company", "-score", "id"], name="people_likely_pair_score"),
            models.Index(fields=["company", "other"], name="people_likely_pair_other"),
        ]
