"""Which fields the stages of a pipeline demand of a deal that moves along them: plain values."""

from collections.abc import Mapping, Sequence

SUM = "deal.sum"  # the code of the deal's own sum among codes of the client's fields, which have no dots
OWN = "deal.custom."  # begins the codes of the deal's own fields among them

Stages = Sequence[tuple[str, Sequence[str]]]  # (public id, demanded codes) in the order of the pipeline


def aim_of(steps: Sequence[Mapping[str, object]]) -> tuple[str, bool]:
    """Return the stage that stored steps lead to, empty for none, and whether they win the deal."""
    target = next((str(one.get("stage", "")) for one in steps if one.get("kind") == "deals.change_stage"), "")
    return target, any(one.get("kind") == "deals.mark_paid" for one in steps)


def demanded(stages: Stages, start: str, steps: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the codes that a press with these stored steps owes, each once, in the order of the stages."""
    target, wins = aim_of(steps)
    return passed(stages, start, target or start, wins=wins)


def passed(stages: Stages, start: str, end: str, *, wins: bool) -> list[str]:
    """Return the codes demanded between two stages.

    Forward, every stage from `start` to `end` counts; back, none, but a deal that `wins` owes what the stage
    demands on which it is won.
    """
    order = [key for key, _codes in stages]
    if end not in order or start not in order:
        return []
    first, last = order.index(start), order.index(end)
    way = stages[first : last + 1] if last > first else [stages[last]] if wins else []
    return list(dict.fromkeys(code for _key, codes in way for code in codes))


def is_missing(value: object) -> bool:
    """Tell whether a field stands empty; no and nought are answers."""
    return value is None or value == "" or value == []


def own_code(code: str) -> str:
    """Return which own field of the deal a demanded code is; empty for the sum and the client's fields."""
    return code.removeprefix(OWN) if code.startswith(OWN) else ""


def ask_key(code: str) -> str:
    """Return the key under which a press answers a demanded field."""
    if code == SUM:
        return "sum"
    return f"deal_{own_code(code)}" if own_code(code) else f"custom_{code}"
