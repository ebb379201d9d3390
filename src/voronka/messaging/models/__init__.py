"""Templates, letters, messages with their steps, what the gate goes by, providers of SMS, the knowledge base, talks."""

from voronka.messaging.models.answers import Article, BaseState, Learnt, Synonyms, Unanswered
from voronka.messaging.models.campaigns import Campaign, CampaignCheck, CampaignGain, CampaignVariant
from voronka.messaging.models.channels import ChannelAccount, ChannelNews, ChannelSeer, ChannelState, OutsideLine
from voronka.messaging.models.chat import (
    CannedAnswer,
    ChatDepartment,
    ChatOperator,
    ChatSettings,
    DepartmentMember,
    MacroPress,
    Talk,
    TalkLine,
    TalkSeat,
)
from voronka.messaging.models.gate import BlockedAddress, ChannelRules, ConsentText, GateSettings
from voronka.messaging.models.letters import Letter, Template
from voronka.messaging.models.messages import Message, MessageClaim, MessageStep
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
from voronka.messaging.models.touches import MessageTouch, ReturnsState

__all__ = [
    "Article",
    "BaseState",
    "BlockedAddress",
    "Campaign",
    "CampaignCheck",
    "CampaignGain",
    "CampaignVariant",
    "CannedAnswer",
    "ChannelAccount",
    "ChannelNews",
    "ChannelRules",
    "ChannelSeer",
    "ChannelState",
    "ChatDepartment",
    "ChatOperator",
    "ChatSettings",
    "ConsentText",
    "DepartmentMember",
    "GateSettings",
    "Learnt",
    "Letter",
    "MacroPress",
    "Message",
    "MessageClaim",
    "MessageStep",
    "MessageTouch",
    "OutsideLine",
    "ReturnsState",
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
    "Talk",
    "TalkLine",
    "TalkSeat",
    "Template",
    "Unanswered",
]
