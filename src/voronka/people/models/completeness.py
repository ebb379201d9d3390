"""What makes a card complete, where the company wants it otherwise than shipped."""

from django.db import models

from voronka.kit.tenancy.models import CompanyModel


class FieldWeight(CompanyModel):
    """How much a field of the card counts, 0 to 100, and the question by which it is asked for.

    One row a field that the company has set; the others go by rules.completeness. An empty question is the shipped one.
    """

    code = models.CharField(max_length=50)
    weight = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="people_field_weight_once"),
            models.CheckConstraint(condition=models.Q(weight__lte=100), name="people_field_weight_most"),
        ]
