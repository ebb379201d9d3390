"""The part as a Django application."""

from voronka.kit.parts import PartConfig


class PeopleConfig(PartConfig):
    """Registers what the part contributes."""

    default = True
    name = "voronka.people"

    def ready(self) -> None:
        """Tell the history how cards are named and put back, besides what every part registers."""
        super().ready()
        from voronka.people.services import restoring

        restoring.register()
