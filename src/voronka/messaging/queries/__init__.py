"""What others may ask of messages."""

from voronka.messaging.queries.letters import find_template, letters_by_id, list_templates
from voronka.messaging.queries.messages import (
    answer_ids,
    get_message,
    list_messages,
    list_steps,
    public_ids,
    why,
    would_get,
)
from voronka.messaging.queries.rules import channel_rules, get_gate

__all__ = [
    "answer_ids",
    "channel_rules",
    "find_template",
    "get_gate",
    "get_message",
    "letters_by_id",
    "list_messages",
    "list_steps",
    "list_templates",
    "public_ids",
    "why",
    "would_get",
]
