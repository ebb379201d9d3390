"""Keys by which numbers of own fields are found in a range: buckets of whole numbers, each 32 times as wide.

The database makes the keys of every card (the function people_number_keys of migration 0007); a range is covered by the
fewest buckets, a few dozen for any range.
"""

from decimal import ROUND_FLOOR, Decimal

STEPS, BITS = 6, 5
END = 2**30  # numbers at and behind it, of either sign, have one key together


def keys_of_range(company_id: int, code: str, least: Decimal | None, most: Decimal | None) -> list[str]:
    """Return the keys that cover a range, both ends in it; None is no end. What lies beside it may share a key."""
    head = f"{company_id}/{code}#"
    low = -END if least is None else _floor(least)
    high = END if most is None else _floor(most)
    far = [f"{head}far"] if low <= -END or high >= END else []
    found: list[str] = []
    low, high = max(low, -END + 1), min(high, END - 1)
    for step in range(STEPS):
        width = 2**BITS if step < STEPS - 1 else 2 * END  # the widest are taken one by one
        while low <= high and low % width:
            found.append(f"{head}{step}:{low}")
            low += 1
        while low <= high and (high + 1) % width:
            found.append(f"{head}{step}:{high}")
            high -= 1
        if low > high:
            break
        low, high = low >> BITS, high >> BITS
    return found + far


def _floor(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_FLOOR))
