"""Fields of the company's own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.models import CompanyModel


class CustomField(CompanyModel):
    """A field of the company's own, on clients or deals.

    `options` lists the choices of choice kinds; `stages` names the stages that require it (ids of the
    pipeline part, which checks them); a field put away keeps its values.
    """

    class Kind(models.TextChoices):
        """What the field holds."""

        TEXT = "text"
        NUMBER = "number"
        MONEY = "money"
        DATE = "date"
        CHOICE = "choice"
        CHOICES = "choices"
        PERSON = "person"
        LINK = "link"
        FILE = "file"
        YES_NO = "yes_no"

    public_id = PublicIdField()
    subject = models.CharField(max_length=10, default="client")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind)
    options = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "subject", "code"], name="people_custom_field_code"),
            models.CheckConstraint(
                condition=models.Q(subject__in=["client", "deal"]), name="people_custom_field_subject"
            ),
        ]
