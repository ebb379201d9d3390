"""The part as a Django application."""

from voronka.kit.parts import PartConfig


class SiteConfig(PartConfig):
    """Registers what the part contributes."""

    default = True
    name = "voronka.site"
