"""By what a visitor may be answered, and the lock of it: a scenario may make a request of him on his page."""

from voronka.flows import queries as automations
from voronka.people import queries as people
from voronka.people import services as people_services
from voronka.site.models import VisitEvent
from voronka.site.services.staging import VISITOR

MAKES_LEAD = "site.make_lead"  # the step of scenarios (steps.MakeLead)


def hold_contacts_of(visitor_id: int, client_id: int | None) -> None:
    """Lock the contacts of a visitor, where a scenario that is on may make a request of them.

    To be done before he is locked: all lock contacts, then the client, then the visitor.
    """
    if automations.is_any_doing(VISITOR, MAKES_LEAD):
        (phones, emails), _name, _page = told_contacts(visitor_id, client_id or 0)
        if phones or emails:
            people_services.hold_contacts(phones, emails)


def told_contacts(visitor_id: int, client_id: int) -> tuple[tuple[list[str], list[str]], str, str]:
    """Return the contacts of a visitor as (phones, e-mails), his name, and the address of the page where he typed them.

    Those of his client where he is one (the address is "" then), else of the newest form with a contact.
    """
    if client_id:
        found = ([people.main_phone(client_id) or ""], [people.main_email(client_id) or ""])
        name = people.client_names([client_id]).get(client_id, "")
        return ([one for one in found[0] if one], [one for one in found[1] if one]), name, ""
    rows = VisitEvent.objects.filter(visit__visitor=visitor_id, kind="form").order_by("-id")[:10]
    for row in rows:
        phone, email = row.about.get("phone", ""), row.about.get("email", "")
        if phone or email:
            told = ([phone] if phone else [], [email] if email else [])
            return told, str(row.about.get("person", "")), str(row.about.get("url", ""))
    return ([], []), "", ""
