"""The base of every table that holds rows of a company."""

from typing import Generic, TypeVar

from django.db import models

from voronka.kit.tenancy.context import current_company_id
from voronka.kit.tenancy.fields import CompanyField

M = TypeVar("M", bound=models.Model)


class CompanyManager(models.Manager[M], Generic[M]):
    """Shows only the rows of the company in whose context the code runs; NoCompany outside of one."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Return the rows of the current company."""
        return super().get_queryset().filter(company_id=current_company_id())


class CompanyModel(models.Model):
    """A row of one company, behind both walls.

    `keep_history` tells `walls.build` whether changes and deletions are kept by trigger; ledgers, logs
    and queues, which are their own history, switch it off. `append_only` takes the right to change or
    delete rows from the application.
    """

    keep_history = True
    append_only = False

    id = models.BigAutoField(primary_key=True)
    company = CompanyField()

    objects = CompanyManager()

    class Meta:
        abstract = True
