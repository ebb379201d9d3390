"""What scopes and events are called for people."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from voronka.connect.rules import scopes

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SCOPE_NAMES: "dict[str, _StrPromise]" = {
    scopes.COMPANY_READ: _("read the company's set-up: employees, pipelines, fields"),
    scopes.CLIENTS_READ: _("read clients"),
    scopes.CLIENTS_WRITE: _("add and change clients, notes and consents"),
    scopes.CLIENTS_MERGE: _("join the cards of one client, and part them again"),
    scopes.LISTS_READ: _("read which lists are saved, and what they ask for"),
    scopes.LEADS_WRITE: _("bring leads in"),
    scopes.LEADS_READ: _("read the requests of the inbox"),
    scopes.LEADS_SORT: _("accept, attach and reject requests of the inbox"),
    scopes.FIELDS_WRITE: _("set up the company's own fields"),
    scopes.DEALS_READ: _("read deals"),
    scopes.DEALS_WRITE: _("open deals, press buttons, take presses back"),
    scopes.TASKS_READ: _("read tasks: of the queue, and those that people set"),
    scopes.TASKS_WORK: _("take the next client of the feed"),
    scopes.TASKS_WRITE: _("set tasks for people, work on them and end them"),
    scopes.IMPORTS_RUN: _("load clients from files"),
    scopes.REPORTS_READ: _("read reports"),
    scopes.EVENTS_READ: _("read the event log"),
    scopes.WEBHOOKS_MANAGE: _("set up webhooks and read their log"),
}

EVENT_NAMES: "dict[str, _StrPromise]" = {
    "accounts.CompanyChanged": _("Settings of the company changed"),
    "accounts.CompanyExported": _("All data of the company taken out"),
    "accounts.CompanyFounded": _("Company founded"),
    "accounts.EmployeeAdded": _("Employee invited"),
    "accounts.EmployeeChanged": _("Employee changed"),
    "accounts.EmployeeDismissed": _("Employee dismissed"),
    "accounts.EmployeeJoined": _("Employee joined"),
    "accounts.EmployeeReturned": _("Employee taken back"),
    "accounts.ListExported": _("List taken out as a file"),
    "accounts.NoticeGiven": _("Employee told of something that concerns him"),
    "accounts.RoleChanged": _("Rights of a role changed"),
    "accounts.RoleDeleted": _("Role deleted"),
    "accounts.RoleMade": _("Role made"),
    "audience.ReportExported": _("Report taken out as a file"),
    "connect.ApiKeyMade": _("Key of the API made"),
    "connect.ApiKeyRevoked": _("Key of the API revoked"),
    "connect.WebhookChanged": _("Webhook changed"),
    "connect.WebhookPaused": _("Webhook switched off by itself"),
    "deals.AnswerLate": _("New deal not answered in time"),
    "deals.ButtonPressed": _("Button pressed"),
    "deals.ButtonsEnabled": _("New buttons put before everybody"),
    "deals.DealChanged": _("Fields of a deal changed"),
    "deals.DealClosed": _("Deal closed: won, lost or archived"),
    "deals.DealOpened": _("Deal opened"),
    "deals.DealShared": _("New deal given to an employee by the rules"),
    "deals.DealsHandedOver": _("Deals of an employee given to others"),
    "deals.MissCounted": _("Call not got through"),
    "deals.NextStepSet": _("Deal got its next step"),
    "deals.PressUndone": _("Press taken back"),
    "deals.ResponsibleChanged": _("Deal given to another employee"),
    "deals.StageChanged": _("Deal moved to another stage"),
    "messaging.LetterSettled": _("Letter sent, or given up"),
    "messaging.LetterWritten": _("Letter written"),
    "people.BulkFinished": _("Many clients changed at once"),
    "people.BulkUndone": _("Change of many clients taken back"),
    "people.ClientBinned": _("Client put into the recycle bin"),
    "people.ClientChanged": _("Client's card changed"),
    "people.ClientCreated": _("Client added"),
    "people.ClientParted": _("Client's card parted from the one it had been joined to"),
    "people.ClientsMerged": _("Clients' cards joined into one"),
    "people.CompletenessSetUp": _("Weights of complete cards changed"),
    "people.ClientErased": _("Client erased"),
    "people.ClientRestored": _("Client taken out of the recycle bin"),
    "people.ConsentRecorded": _("Consent given or withdrawn"),
    "people.FieldsSetUp": _("Own field added or changed"),
    "people.ImportFinished": _("Import finished"),
    "people.ImportUndone": _("Import taken back"),
    "people.LeadReceived": _("Lead received"),
    "people.LeadSorted": _("Request of the inbox sorted"),
    "people.LeadWaits": _("Request waits in the inbox"),
    "people.MergeUndone": _("Joined cards parted again"),
    "people.ListExported": _("List of clients taken out"),
    "people.NoteAdded": _("Note written"),
    "people.SenderBlocked": _("Sender of the form blocked, or no longer"),
    "work.CardTaken": _("Client given by the feed"),
    "work.HoursChanged": _("Working hours changed"),
    "work.ReminderDue": _("Reminder due"),
    "work.ReminderSettled": _("Reminder settled"),
    "work.TaskChanged": _("Task changed"),
    "work.TaskDiscussed": _("Task discussed"),
    "work.TaskDone": _("Task done"),
    "work.TaskHandedOver": _("Task handed over"),
    "work.TaskReopened": _("Task taken up again"),
    "work.TaskRescheduled": _("Task moved to another time"),
    "work.TaskSet": _("Task set"),
    "work.TaskWithdrawn": _("Task withdrawn"),
}


def event_words(name: str) -> str:
    """Return what an event is called, its name in the log where nobody has said."""
    return str(EVENT_NAMES.get(name, name))
