"""The part as a Django application."""

from voronka.kit.parts import PartConfig


class OrdersConfig(PartConfig):
    """Registers what the part contributes."""

    default = True
    name = "voronka.orders"
