"""Commands of an administrator about programs: a key of the API without the page of settings."""

import argparse
import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voronka.config.env import SettingError
from voronka.config.home import reach_database

if TYPE_CHECKING:
    from voronka.kit.actors import Actor


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `apikey` to the commands of voronka."""
    text = "make a key of the API and print it: it acts in the name of an employee, and is shown this once"
    key = commands.add_parser("apikey", help=text, description=text)
    key.add_argument("name", help="of the program the key is for")
    key.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="the employee in whose name it acts")
    key.add_argument("--company", metavar="NAME", help="his company, where he works in several")
    key.add_argument("--scope", action="append", default=[], help="what it may do, like clients:read; repeatable")
    key.add_argument("--days", type=int, help="how long it opens; for ever without")
    key.set_defaults(command=_apikey)


def _apikey(given: argparse.Namespace) -> int:
    with reach_database():
        import django

        django.setup()
        from voronka.connect.rules.scopes import RIGHTS
        from voronka.connect.services import keys
        from voronka.kit.errors import Refusal
        from voronka.kit.tenancy import company_context

        if unknown := set(given.scope) - set(RIGHTS):
            raise SettingError(f"no such scope: {', '.join(sorted(unknown))}; there are: {', '.join(RIGHTS)}")
        actor = _actor(given.email, given.company)
        try:
            with company_context(actor.company_id, employee_id=actor.employee_id, origin="voronka apikey"):
                _row, key = keys.make_key(
                    actor=actor,
                    name=given.name,
                    scopes=given.scope or list(RIGHTS),
                    days=given.days,
                    now=datetime.now(UTC),
                )
        except Refusal as refusal:
            raise SettingError("; ".join([refusal.message, *refusal.fields.values()])) from refusal
        print(key)
    return 0


def _actor(email: str, company: str | None) -> "Actor":
    """Return the employee as an actor who may make keys: whoever runs commands here may do that for anybody."""
    from voronka.accounts import queries
    from voronka.accounts.models import User
    from voronka.connect.permissions import MANAGE_KEYS
    from voronka.kit.actors import Reach

    user_id = User.objects.filter(email=email.strip().lower()).values_list("id", flat=True).first()
    places = queries.list_own_places(user_id) if user_id is not None else []
    found = [one for one in places if company in (None, one.company)]
    if len(found) != 1:
        names = ", ".join(one.company for one in places)
        raise SettingError(
            f"choose his company with --company: {names}" if places else "nobody works here by this address"
        )
    actor = queries.find_actor(found[0].company_id, found[0].employee_id, origin="voronka apikey")
    if actor is None:
        raise SettingError("he does not work there any more")
    return dataclasses.replace(actor, rights={**actor.rights, MANAGE_KEYS.code: Reach.ALL})
