"""What buttons, automations and scenarios may say to the outside: letters, SMS, webhooks; what is done in a talk."""

from voronka.messaging.steps.sending import CallWebhook, SendLetter, SendSms
from voronka.messaging.steps.talking import AnswerFromBase, MakeLead

__all__ = ["AnswerFromBase", "CallWebhook", "MakeLead", "SendLetter", "SendSms"]
