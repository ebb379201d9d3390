"""What happens to messages, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterWritten(Event):
    """A letter to a client waited for its way out, before letters were messages: nothing announces it any more."""

    subject: ClassVar = ("letter", "letter_id")
    is_past: ClassVar = True
    letter_id: int
    client_id: int
    template_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MessagePlanned(Event):
    """A message to a client waits for its hour."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageHanded(Event):
    """The hand-over of a message has begun."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageAccepted(Event):
    """The other side has taken a message."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDelivered(Event):
    """A message has reached the client."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFailed(Event):
    """A message did not reach the client and will not be tried again; `code` says why."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None
    channel: str
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageUnknown(Event):
    """Nobody can tell whether a message has left: its hand-over broke in the middle."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRefused(Event):
    """The gate let a message not go; `code` says why."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None
    channel: str
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterOpened(Event):
    """A person opened a letter, for the first time as far as is known; what machines fetch is not announced."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterClicked(Event):
    """A person followed a link of a letter, for the first time; `link` is its number from 1."""

    subject: ClassVar = ("message", "message_id")
    message_id: int
    client_id: int | None
    link: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SmsReceived(Event):
    """A subscriber answered by SMS; `client_id` is None where nobody has his number. STOP took his consent back."""

    subject: ClassVar = ("sms_answer", "answer_id")
    answer_id: int
    client_id: int | None
    is_stop: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleSaved(Event):
    """An answer of the knowledge base was written, changed, or switched on or off."""

    subject: ClassVar = ("article", "article_id")
    article_id: int
    is_new: bool
    is_on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleDeleted(Event):
    """An answer of the knowledge base is gone."""

    subject: ClassVar = ("article", "article_id")
    article_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerProposed(Event):
    """An employee's answer waits for approval."""

    subject: ClassVar = ("learnt", "learnt_id")
    learnt_id: int
    article_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerJudged(Event):
    """A proposed answer was approved or refused; `article_id` is where it went."""

    subject: ClassVar = ("learnt", "learnt_id")
    learnt_id: int
    is_approved: bool
    article_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionUnanswered(Event):
    """Somebody asked, for the first time, what nothing in the knowledge base surely answers."""

    subject: ClassVar = ("unanswered", "unanswered_id")
    unanswered_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkBegun(Event):
    """A visitor of the site has begun a talk; `talk` is its public id."""

    subject: ClassVar = ("talk", "talk_id")
    talk_id: int
    talk: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkSaid(Event):
    """Line `number` was said in a talk, for the visitor too; `by` is visitor, operator or bot."""

    subject: ClassVar = ("talk", "talk_id")
    talk_id: int
    talk: str
    number: int
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkSeen(Event):
    """The visitor has read a talk up to line `number`."""

    subject: ClassVar = ("talk", "talk_id")
    talk_id: int
    talk: str
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkChanged(Event):
    """Something happened to a talk that its visitor does not see; `code` is what (rules.chat.CODES), or note.

    Of other channels also: fate, what became of a line on its way; gone, the other side takes nothing more or again.
    """

    subject: ClassVar = ("talk", "talk_id")
    talk_id: int
    talk: str
    number: int
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkBound(Event):
    """A talk turned out to be with this client."""

    subject: ClassVar = ("talk", "talk_id")
    talk_id: int
    client_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignSaved(Event):
    """A campaign was made or changed before its start."""

    subject: ClassVar = ("campaign", "campaign_id")
    campaign_id: int
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignMoved(Event):
    """A campaign came to another state: draft, scheduled, asks, running, paused, done, stopped."""

    subject: ClassVar = ("campaign", "campaign_id")
    campaign_id: int
    state: str
    was: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignDeleted(Event):
    """A campaign that had not begun was thrown away."""

    subject: ClassVar = ("campaign", "campaign_id")
    campaign_id: int
