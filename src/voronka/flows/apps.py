"""The part as a Django application."""

from voronka.kit.parts import PartConfig


class FlowsConfig(PartConfig):
    """Registers what the part contributes."""

    default = True
    name = "voronka.flows"
