"""Foreign keys between rows of one company."""

from django.db import models

from voronka.kit.tenancy.context import current_company_id, current_place


class CompanyField(models.ForeignKey):  # type: ignore[type-arg]  # generic in the stubs only
    """The company of a row, taken from the running code when none is given.

    The default stays out of migrations, which run in no company.
    """

    def __init__(self, **kwargs: object) -> None:
        fixed = {
            "to": "accounts.Company",
            "on_delete": models.CASCADE,
            "editable": False,
            "default": current_company_id,
            "db_index": False,
            "related_name": "+",
        }
        super().__init__(**(kwargs | fixed))  # type: ignore[arg-type]  # keyword arguments of Django's field

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        """Describe the field for migrations by its class alone."""
        name, path, args, _ = super().deconstruct()
        return name, path, list(args), {}

    def get_default(self) -> object:
        """Return the current company; None where no code of a company runs: a migration."""
        place = current_place()
        return None if place is None else place.company_id


class CompanyForeignKey(models.ForeignKey):  # type: ignore[type-arg]  # generic in the stubs only
    """A foreign key that cannot point into another company.

    Django cannot declare the composite key (company, id), so the field keeps no constraint of its own
    and `walls.build` writes `FOREIGN KEY (company_id, x_id) REFERENCES target (company_id, id)`.
    """

    def __init__(self, to: str | type[models.Model], on_delete: object = models.PROTECT, **kwargs: object) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete=on_delete, **kwargs)  # type: ignore[arg-type]  # Django's own looseness

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        """Describe the field for migrations without the constraint flag, which is always off."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, list(args), dict(kwargs)
