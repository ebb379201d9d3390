"""The part as a Django application."""

from voronka.kit.parts import PartConfig


class TrialsConfig(PartConfig):
    """Registers what the part contributes."""

    default = True
    name = "voronka.trials"
