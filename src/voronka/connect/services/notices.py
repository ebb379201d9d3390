"""Telling people that a webhook was switched off: a letter to whoever made it, beside the line on its page."""

from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.connect.models import Webhook
from voronka.kit import jobs
from voronka.kit.tenancy import current_company_id

JOB = "connect.pause_letter"


def tell_of_pause(webhook: Webhook) -> None:
    """Put the letter off, in the transaction of the pause."""
    jobs.defer(JOB, company_id=current_company_id(), webhook_id=webhook.pk)


def send_pause_letter(*, webhook_id: int) -> bool:
    """Send the letter to the webhook's maker; tell whether there was anybody to send it to."""
    with transaction.atomic():
        webhook = Webhook.objects.filter(pk=webhook_id).first()
        whom = accounts.address_of(webhook.maker_id) if webhook is not None and webhook.maker_id else None
        company = accounts.get_company_rules().name
    if webhook is None or whom is None:
        return False
    address, language = whom
    with translation.override(language):
        if webhook.state == Webhook.State.GONE:
            why = _("The address answered that it is gone (410).")
        elif webhook.state == Webhook.State.BROKEN:
            why = _(
                "The program broke on it: a fault of ours or of what is saved for it, written down in the server's log."
            )
        else:
            why = _("The address has not answered well for three days.")
        subject = _("A webhook of %(company)s was switched off") % {"company": company}
        what = _("Nothing is sent to %(url)s any more.") % {"url": webhook.url}
        way = _("Look at its log and switch it on again in the settings, under Webhooks.")
    send_mail(" ".join(subject.split()), f"{what}\n{why}\n\n{way}\n", None, [address])
    return True
