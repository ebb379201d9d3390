"""Rights over messages."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

register_module(
    "letters",
    _("Letters"),
    _("Letters and other messages to clients, their templates and rules, the step of a button that sends one."),
    "mail",
    "voronka.messaging",
)
register_module(
    "chat",
    _("Chat on the site"),
    _("The visitor's page, the operators' desk, departments, reports of talks."),
    "message-circle",
    "voronka.messaging.views.chat",
    "voronka.messaging.views.beginning",
    "voronka.messaging.views.canned",
    "voronka.messaging.views.channel_hooks",
    "voronka.messaging.views.chat_setting",
    "voronka.messaging.views.departments",
    "voronka.messaging.views.talk_mailboxes",
    "voronka.messaging.views.talk_report",
    "voronka.messaging.views.talks",
    "voronka.messaging.views.telegram",
    "voronka.messaging.services.channels",
    "voronka.messaging.services.chat",
)
EDIT_TEMPLATES = declare(
    "messaging.edit_templates",
    _("edit templates of letters"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=_("Write the letters that buttons send, and look at them on a real client."),
)
SET_UP_SMS = declare(
    "messaging.set_up_sms",
    _("set up SMS"),
    shipped={"head": Reach.ALL},
    about=_("Change providers of SMS and names of senders, see balances, send messages to try."),
)
WRITE = declare(
    "messaging.write",
    _("write to clients"),
    by_record=True,
    shipped={"head": Reach.ALL, "manager": Reach.OWN},
    about=_("Send letters to clients within reach."),
)
SEE = declare(
    "messaging.see",
    _("read messages to clients"),
    by_record=True,
    shipped={"head": Reach.ALL, "marketer": Reach.ALL, "manager": Reach.OWN},
    about=_("See on the card what was sent to the client, and why something was not."),
)
SETTLE = declare(
    "messaging.settle",
    _("decide about messages of unknown fate"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=_("Say whether a message whose hand-over broke has left."),
)
MANAGE = declare(
    "messaging.manage",
    _("set up the rules of sending"),
    shipped={"head": Reach.ALL},
    about=_("Quiet hours, how often clients are written to, switches of channels, texts of consents."),
)
SEE_ANSWERS = declare(
    "messaging.see_answers",
    _("see the knowledge base"),
    shipped=dict.fromkeys(("head", "manager", "marketer", "storekeeper", "cashier", "reader"), Reach.ALL),
    about=_("Read the answers, try questions out, propose answers for approval."),
)
EDIT_ANSWERS = declare(
    "messaging.edit_answers",
    _("edit the knowledge base"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=_("Write answers and synonyms, approve what was learnt, deal with questions without an answer."),
)
TALK = declare(
    "messaging.talk",
    _("answer in chats"),
    by_record=True,
    shipped={"head": Reach.ALL, "manager": Reach.OWN},
    about=_("Take talks with visitors of the site that are nobody's, answer in one's own."),
)
SET_UP_CHAT = declare(
    "messaging.set_up_chat",
    _("set up the chat"),
    shipped={"head": Reach.ALL},
    about=_("Switch the chat and its bot on and off, write its greeting and the texts that operators put in."),
)
SEE_CAMPAIGNS = declare(
    "messaging.see_campaigns",
    _("see campaigns"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL, "reader": Reach.ALL},
    about=_("See campaigns, how far they are and what they brought."),
)
EDIT_CAMPAIGNS = declare(
    "messaging.edit_campaigns",
    _("prepare campaigns"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=_("Make campaigns, choose their recipients and texts, look at them on a client, send them to oneself."),
)
RUN_CAMPAIGNS = declare(
    "messaging.run_campaigns",
    _("run campaigns"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=_("Start campaigns, pause and stop them, say whether one that asks goes on."),
)
