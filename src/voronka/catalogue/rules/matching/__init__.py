"""Whose goods a foreign name means: names cut into words and sizes, compared with a whole catalogue at once.

docs/algorithms/matching.md tells how and why.
"""

from .learning import Answer, Taught, learn
from .matcher import Candidate, Goods, Match, Matcher
from .telling import Comparison, Piece, Said, tell
from .words import Word, cut

__all__ = [
    "Answer",
    "Candidate",
    "Comparison",
    "Goods",
    "Match",
    "Matcher",
    "Piece",
    "Said",
    "Taught",
    "Word",
    "cut",
    "learn",
    "tell",
]
