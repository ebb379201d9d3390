"""The part as a Django application."""

from voronka.kit.parts import PartConfig


class LoyaltyConfig(PartConfig):
    """Registers what the part contributes."""

    default = True
    name = "voronka.loyalty"
