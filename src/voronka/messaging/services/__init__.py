"""The verbs of messages."""

from voronka.messaging.services.letters import LetterText, render_letter, write_letter
from voronka.messaging.services.preview import preview_letter
from voronka.messaging.services.templates import LetterDraft, delete_template, save_template, set_up_templates
from voronka.messaging.services.values import written_fields

__all__ = [
    "LetterDraft",
    "LetterText",
    "delete_template",
    "preview_letter",
    "render_letter",
    "save_template",
    "set_up_templates",
    "write_letter",
    "written_fields",
]
