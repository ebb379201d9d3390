"""The verbs of surveys."""

from voronka.care.services.answering import get_page, link_of, respond
from voronka.care.services.asking import ask_due, ask_otherwise, companies_due, invite, invite_left, note_opened
from voronka.care.services.on_site import drop_older, drop_strangers, know_order, know_visitor
from voronka.care.services.surveys import RulesDraft, SurveyDraft, add_ready, save_rules, save_survey, switch_survey

__all__ = [
    "RulesDraft",
    "SurveyDraft",
    "add_ready",
    "ask_due",
    "ask_otherwise",
    "companies_due",
    "drop_older",
    "drop_strangers",
    "get_page",
    "invite",
    "invite_left",
    "know_order",
    "know_visitor",
    "link_of",
    "note_opened",
    "respond",
    "save_rules",
    "save_survey",
    "switch_survey",
]
