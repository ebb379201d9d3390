"""Which limited field each column and answer of a deal belongs to: plain values."""

from collections.abc import Mapping

COLUMNS: Mapping[str, str] = {"sum": "deal.sum", "tags": "deal.tags", "goods_count": "deal.goods"}


def field_of_ask(key: str) -> str:
    """Return the limited field that the answer to a question of a press goes into; empty for none."""
    if key.startswith("deal_"):
        return f"deal.custom.{key.removeprefix('deal_')}"
    if key.startswith("custom_"):
        return f"client.custom.{key.removeprefix('custom_')}"
    return {"sum": "deal.sum", "comment": "deal.comment"}.get(key, "")
