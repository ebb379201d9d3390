"""Which article of a knowledge base answers a question asked in Russian; docs/algorithms/answers.md."""

from .index import Topic
from .masking import masked
from .matcher import NEAREST, SURE, Matcher, Near, Reply
from .words import MOST_SIGNS, cut

__all__ = ["MOST_SIGNS", "NEAREST", "SURE", "Matcher", "Near", "Reply", "Topic", "cut", "masked"]
