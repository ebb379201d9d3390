"""Templates, letters, messages with all their steps, and what the gate goes by."""

from voronka.messaging.models.gate import BlockedAddress, ChannelRules, ConsentText, GateSettings
from voronka.messaging.models.letters import Letter, Template
from voronka.messaging.models.messages import Message, MessageStep

__all__ = [
    "BlockedAddress",
    "ChannelRules",
    "ConsentText",
    "GateSettings",
    "Letter",
    "Message",
    "MessageStep",
    "Template",
]
