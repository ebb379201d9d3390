"""What screens and other parts may ask of surveys."""

from voronka.care.queries.results import public_ids
from voronka.care.queries.surveys import get_rules, get_survey, list_surveys

SEE_RIGHT = "care.see"  # what upper parts ask of an actor before they lead to answers

__all__ = ["SEE_RIGHT", "get_rules", "get_survey", "list_surveys", "public_ids"]
