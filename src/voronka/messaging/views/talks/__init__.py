"""The operators' desk of talks."""

from voronka.messaging.views.talks.acts import talk_act, talk_undo_macro
from voronka.messaging.views.talks.card import client_talks
from voronka.messaging.views.talks.desk import desk, talk_count, talk_here, talk_in, talk_say
from voronka.messaging.views.talks.lines import talk_again, talk_attached, talk_file, talk_parts

__all__ = [
    "client_talks",
    "desk",
    "talk_act",
    "talk_again",
    "talk_attached",
    "talk_count",
    "talk_file",
    "talk_here",
    "talk_in",
    "talk_parts",
    "talk_say",
    "talk_undo_macro",
]
