"""Templates, letters, messages with all their steps, what the gate goes by, providers of SMS, the knowledge base."""

from voronka.messaging.models.answers import Article, BaseState, Learnt, Synonyms, Unanswered
from voronka.messaging.models.gate import BlockedAddress, ChannelRules, ConsentText, GateSettings
from voronka.messaging.models.letters import Letter, Template
from voronka.messaging.models.messages import Message, MessageStep
from voronka.messaging.models.sms import (
    SmsAnswer,
    SmsBalance,
    SmsLease,
    SmsLimits,
    SmsPart,
    SmsPiece,
    SmsProvider,
    SmsSender,
    SmsTold,
    SmsTry,
)

__all__ = [
    "Article",
    "BaseState",
    "BlockedAddress",
    "ChannelRules",
    "ConsentText",
    "GateSettings",
    "Learnt",
    "Letter",
    "Message",
    "MessageStep",
    "SmsAnswer",
    "SmsBalance",
    "SmsLease",
    "SmsLimits",
    "SmsPart",
    "SmsPiece",
    "SmsProvider",
    "SmsSender",
    "SmsTold",
    "SmsTry",
    "Synonyms",
    "Template",
    "Unanswered",
]
