"""Sites connected and set up."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.people.services.cleaning import Problems, fit
from voronka.site.events import SiteSaved, SiteSecretShown
from voronka.site.models import Site
from voronka.site.permissions import SET_UP
from voronka.site.rules.origins import MOST, read_origins
from voronka.site.services.known import say_changed

LONGEST_DAYS = 3_650
BASKET_MINUTES = (5, 10_080)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDraft:
    """A site as it is wanted; `origins` is text: addresses, one a line."""

    name: str
    origins: str
    is_on: bool = True
    asks_consent: bool = False
    takes_contacts: bool = False
    keep_days: int = 365
    basket_minutes: int = 60


@transaction.atomic
def save_site(
    *, actor: Actor, draft: SiteDraft, now: datetime, public_id: str = "", version: int | None = None
) -> Site:
    """Connect a site, or change one. Raises Denied, NotFound, Invalid, Conflict `stale` where saved since `version`."""
    actor.require(SET_UP)
    row = _locked(public_id) if public_id else Site(made_at=now, secret=secrets.token_hex(24))
    if public_id and version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this site meanwhile: look at it again."), code="stale")
    problems = Problems()
    row.name = fit("name", draft.name, 100, problems)
    if not row.name and "name" not in problems.fields:
        problems.add("name", _("Give the site a name."))
    if Site.objects.filter(name=row.name).exclude(pk=row.pk or 0).exists():
        problems.add("name", _("There is a site of this name already."))
    row.origins = _origins(draft.origins, problems)
    if not 1 <= draft.keep_days <= LONGEST_DAYS:
        problems.add("keep_days", _("A number from 1 to %(most)d.") % {"most": LONGEST_DAYS})
    least, most = BASKET_MINUTES
    if not least <= draft.basket_minutes <= most:
        problems.add(
            "basket_minutes", _("A number from %(least)d to %(most)d.") % {"least": least, "most": most}
        )  # fmt: skip
    problems.settle()
    row.basket_minutes = draft.basket_minutes
    row.keep_days, row.is_on = draft.keep_days, draft.is_on
    row.asks_consent, row.takes_contacts = draft.asks_consent, draft.takes_contacts
    row.version += 1 if public_id else 0
    row.save()
    publish(SiteSaved(site_id=row.pk, is_new=not public_id, is_on=row.is_on), at=now)
    say_changed(row.public_id)
    return row


@transaction.atomic
def reveal_secret(*, actor: Actor, public_id: str, now: datetime) -> Site:
    """Return a site whose secret is to be shown; that it was is an event. Raises Denied, NotFound."""
    actor.require(SET_UP)
    row = _locked(public_id)
    publish(SiteSecretShown(site_id=row.pk, is_new=False), at=now)
    return row


@transaction.atomic
def renew_secret(*, actor: Actor, public_id: str, now: datetime) -> Site:
    """Give a site a new secret: what was signed by the old one proves nothing any more. Raises Denied, NotFound."""
    actor.require(SET_UP)
    row = _locked(public_id)
    row.secret = secrets.token_hex(24)
    row.version += 1
    row.save(update_fields=["secret", "version"])
    publish(SiteSecretShown(site_id=row.pk, is_new=True), at=now)
    return row


def _locked(public_id: str) -> Site:
    found = Site.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such site."))
    return found


def _origins(text: str, problems: Problems) -> list[str]:
    found, wrong = read_origins(text[:10_000].replace("\0", ""))
    if wrong:
        problems.add("origins", _("This is no address of a site: %(line)s") % {"line": wrong[0][:80]})
    elif not found:
        problems.add("origins", _("Write the address that your visitors see, for example https://shop.ru"))
    elif len(found) > MOST or any(len(one) > 200 for one in found):
        problems.add("origins", _("At most %(most)d addresses.") % {"most": MOST})
    return found
