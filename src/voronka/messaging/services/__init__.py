"""The verbs of messages."""

from voronka.messaging.services.letters import LetterText, render_letter, write_letter
from voronka.messaging.services.templates import delete_template, save_template

__all__ = ["LetterText", "delete_template", "render_letter", "save_template", "write_letter"]
