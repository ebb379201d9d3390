"""The verbs of messages."""

from voronka.messaging.services.letters import LetterText, render_letter, write_letter
from voronka.messaging.services.templates import LetterDraft, delete_template, save_template, set_up_templates

__all__ = [
    "LetterDraft",
    "LetterText",
    "delete_template",
    "render_letter",
    "save_template",
    "set_up_templates",
    "write_letter",
]
