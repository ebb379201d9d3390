"""What others may ask of messages."""

from voronka.messaging.queries.letters import find_template, list_templates
from voronka.messaging.queries.messages import (
    answer_ids,
    client_read,
    get_message,
    judge,
    letters_of_old,
    list_messages,
    list_steps,
    may_read,
    public_ids,
    sees_address,
    went_of,
    why,
    with_steps,
    would_get,
)
from voronka.messaging.queries.rules import channel_rules, get_gate
from voronka.messaging.queries.words import channel_words, no_letter_words, refusal_words, step_words, waiting_words

__all__ = [
    "answer_ids",
    "channel_rules",
    "channel_words",
    "client_read",
    "find_template",
    "get_gate",
    "get_message",
    "judge",
    "letters_of_old",
    "list_messages",
    "list_steps",
    "list_templates",
    "may_read",
    "no_letter_words",
    "public_ids",
    "refusal_words",
    "sees_address",
    "step_words",
    "waiting_words",
    "went_of",
    "why",
    "with_steps",
    "would_get",
]
