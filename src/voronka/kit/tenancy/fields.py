"""Foreign keys between rows of one company."""

from django.db import models


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
