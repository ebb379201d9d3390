"""Companies, the people who sign in, and their places in companies."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Company(models.Model):
    """A company: everything else belongs to exactly one. Its own row lies behind the wall by its id.

    `modules_off` and `unused` are codes of modules, and of sections and buttons, that nobody uses; `networks` are the
    addresses people may come in from, written as CIDR, none for any.
    """

    keep_history = True

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, default="Europe/Moscow")
    country = models.CharField(max_length=2, default="RU")
    currency = models.CharField(max_length=3, default="RUB")
    language = models.CharField(max_length=5, default="ru")
    call_opens_minute = models.PositiveSmallIntegerField(default=9 * 60)
    call_closes_minute = models.PositiveSmallIntegerField(default=20 * 60)
    strict_feed = models.BooleanField(default=False)
    form_key = PublicIdField()
    modules_off = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    unused = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    networks = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    call_opens_minute__lt=models.F("call_closes_minute"), call_closes_minute__lte=1440
                ),
                name="accounts_company_calling_hours",
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people who sign in by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make a person; the address is kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in: identity only. Name, rights and zone belong to the place in a company."""

    email = models.EmailField(max_length=254, unique=True)
    language = models.CharField(max_length=5, default="ru")
    theme = models.CharField(max_length=5, default="auto")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return f"user {self.pk}"


class Team(CompanyModel):
    """A group of employees; its head sees what the team does."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="accounts_team_name")]


class Role(CompanyModel):
    """A named set of rights. `rights` maps the code of a right to its reach (0 none .. 3 all).

    `fields` maps the code of a field to what the role may do with it (0 hidden, 1 read), those not named are open;
    `modules_off` and `unused` are codes of modules, and of sections and buttons, that the role leaves out.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    rights = models.JSONField(default=dict)
    fields = models.JSONField(default=dict, blank=True)
    modules_off = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    unused = ArrayField(models.CharField(max_length=80), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="accounts_role_code")]


class ListExport(CompanyModel):
    """A list that left the company as a file: who took what, by which filter, how much, from where.

    `what` is the subject of the rows (client, deal); `query` says the search, the filters and the order in words;
    `columns` are the names of the columns; `address` is where the person stood.
    """

    append_only = True
    keep_history = False

    at = models.DateTimeField()
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    what = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    columns = models.TextField(blank=True)
    rows = models.PositiveIntegerField()
    format = models.CharField(max_length=10)
    address = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="accounts_list_export_last")]


class Employee(CompanyModel):
    """A person's place in one company: what colleagues call him, what he may do, by which clock he works.

    The place is his once he has joined by his invitation; `invitation` is the hash of the link that may still
    be used, empty when none may.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = CompanyForeignKey(Role, related_name="+")
    team = CompanyForeignKey(Team, null=True, blank=True, related_name="+")
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    zone = models.CharField(max_length=64, default="Europe/Moscow")
    is_active = models.BooleanField(default=True)
    strict_feed = models.BooleanField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    invitation = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="accounts_employee_user")]

    @property
    def name(self) -> str:
        """First name and surname, as colleagues read it."""
        return f"{self.first_name} {self.last_name}".strip()


class SavedView(CompanyModel):
    """A list as somebody named it: the address's own query (kit.lists), for himself or for all who see the list.

    `position` is its place among the owner's, who has one list of a name; a view that was dropped can be taken back
    while `dropped_at` is young.
    """

    public_id = PublicIdField()
    owner = CompanyForeignKey(Employee, related_name="+")
    subject = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company",
                "owner",
                "subject",
                Lower("name"),
                condition=models.Q(dropped_at__isnull=True),
                name="accounts_view_name",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "subject", "owner", "position", "id"],
                condition=models.Q(dropped_at__isnull=True),
                name="accounts_view_own",
            ),
            models.Index(
                fields=["company", "subject", "position", "id"],
                condition=models.Q(dropped_at__isnull=True, is_shared=True),
                name="accounts_view_shared",
            ),
        ]


class Notice(CompanyModel):
    """Something that concerns one employee: `code` says what (mention, bulk), about which record, by whom.

    It stays unread until `read_at`. The record's words are asked for when it is shown, by the rights of the reader.
    """

    keep_history = False

    public_id = PublicIdField()
    employee = CompanyForeignKey(Employee, related_name="+")
    code = models.CharField(max_length=20)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    detail_id = models.BigIntegerField(default=0)
    by = CompanyForeignKey(Employee, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "employee", "code", "subject_kind", "subject_id", "detail_id"],
                name="accounts_notice_once",
            )
        ]
        indexes = [
            models.Index(fields=["company", "employee", "-id"], name="accounts_notice_last"),
            models.Index(
                fields=["company", "employee"],
                condition=models.Q(read_at__isnull=True),
                name="accounts_notice_unread",
            ),
        ]
