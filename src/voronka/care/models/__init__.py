"""Surveys, who is asked, what is answered."""

from voronka.care.models.asked import Invitation, Response
from voronka.care.models.surveys import CareSettings, Survey, SurveyVersion

__all__ = ["CareSettings", "Invitation", "Response", "Survey", "SurveyVersion"]
