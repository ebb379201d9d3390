"""How the company keeps its stock."""

from voronka.stock.models import StockSettings


def stock_settings() -> tuple[str, str]:
    """Return by what cost goods leave (average or fifo), and the public id of the place of damaged goods, if any."""
    row = StockSettings.objects.select_related("damaged_place").first()
    if row is None:
        return "average", ""
    return row.cost_method, row.damaged_place.public_id if row.damaged_place is not None else ""
