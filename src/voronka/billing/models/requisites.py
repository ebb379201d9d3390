"""Who the company is on paper, where its money lies, how its papers are numbered."""

from django.db import models

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Requisites(CompanyModel):
    """An own legal person or sole trader, as papers name it.

    `vat` is the code of the rate its sales have unless a line says otherwise; `prices_with_tax` whether lines are typed
    with the tax in them. `logo`, `stamp`, `sign_director` and `sign_accountant` are public ids of kept pictures.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    is_trader = models.BooleanField(default=False)
    inn = models.CharField(max_length=12)
    kpp = models.CharField(max_length=9, blank=True)
    ogrn = models.CharField(max_length=15, blank=True)
    ogrn_on = models.DateField(null=True, blank=True)
    okpo = models.CharField(max_length=10, blank=True)
    address = models.CharField(max_length=400, blank=True)
    city = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    director = models.CharField(max_length=100, blank=True)
    director_post = models.CharField(max_length=100, blank=True)
    acting = models.CharField(max_length=300, blank=True)
    accountant = models.CharField(max_length=100, blank=True)
    vat = models.CharField(max_length=10, default="none")
    prices_with_tax = models.BooleanField(default=True)
    pay_days = models.PositiveSmallIntegerField(default=5)
    warning = models.CharField(max_length=600, blank=True)
    terms = models.TextField(blank=True)
    logo = models.CharField(max_length=12, blank=True)
    stamp = models.CharField(max_length=12, blank=True)
    sign_director = models.CharField(max_length=12, blank=True)
    sign_accountant = models.CharField(max_length=12, blank=True)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(is_default=True), name="billing_requisites_default"
            ),
        ]


class Account(CompanyModel):
    """A bank account of one of the own persons."""

    public_id = PublicIdField()
    requisites = CompanyForeignKey(Requisites, related_name="accounts")
    bank = models.CharField(max_length=200)
    bik = models.CharField(max_length=9)
    number = models.CharField(max_length=20)
    corr_account = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, default="RUB")
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="billing_account_number"),
            models.UniqueConstraint(
                fields=["company", "requisites"], condition=models.Q(is_default=True), name="billing_account_default"
            ),
        ]


class Series(CompanyModel):
    """How papers of a kind are numbered: the pattern (rules.numbers), and whether counting begins anew each year."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=20)
    pattern = models.CharField(max_length=40, default="{n}")
    is_yearly = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind"], name="billing_series_kind")]


class SeriesYear(CompanyModel):
    """The last number given in a series and year (0 where counting goes on for ever): the row that numbers wait for."""

    keep_history = False

    series = CompanyForeignKey(Series, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "series", "year"], name="billing_series_year")]
