"""Whether the arms are shown in their shares: when they are not, something loses people, and nothing may be concluded.

Lindon, Malek, "Anytime-Valid Inference For Multinomial Count Data" (arXiv 2011.03567): the Bayes factor of a Dirichlet
mixture against the shares is a martingale while they hold, so by Ville's inequality it ever exceeds 1/alpha with
probability alpha at most, however often one looks.
"""

import math
from collections.abc import Sequence

ALPHA = 0.001
# How near to the shares the mixture looks for what is wrong: a percent or a few, as real losses are.
FIRMNESS = 1_000.0


def evidence(counts: Sequence[int], shares: Sequence[int]) -> float:
    """Return the logarithm of how much likelier the counts are when the shares do not hold than when they do."""
    whole, seen = sum(shares), sum(counts)
    found = math.lgamma(FIRMNESS) - math.lgamma(FIRMNESS + seen)
    for count, share in zip(counts, shares, strict=True):
        part = share / whole
        found += math.lgamma(FIRMNESS * part + count) - math.lgamma(FIRMNESS * part) - count * math.log(part)
    return found


def is_off(counts: Sequence[int], shares: Sequence[int]) -> bool:
    """Tell whether the shares of the arms are surely not what they were to be."""
    return evidence(counts, shares) > -math.log(ALPHA)
