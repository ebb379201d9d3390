"""What screens and other parts may ask of surveys."""

from voronka.care.queries.results import public_ids
from voronka.care.queries.surveys import get_rules, get_survey, list_surveys

__all__ = ["get_rules", "get_survey", "list_surveys", "public_ids"]
