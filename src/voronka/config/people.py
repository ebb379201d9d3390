"""Commands of an administrator about people: a company, a link for a new password, letting the locked-out in."""

import argparse
import getpass
import sys
from datetime import UTC, datetime

from voronka.config.env import SettingError
from voronka.config.home import reach_database


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `company`, `password` and `let-in` to the commands of voronka."""
    text = "found a company; asks for the owner's password, or reads it as a line of the input"
    company = commands.add_parser("company", help=text, description=text)
    company.add_argument("name", help="of the company")
    company.add_argument("--owner", required=True, metavar="EMAIL", help="the address by which its owner signs in")
    company.add_argument(
        "--owner-name", default="", metavar="NAME", help='first name and surname, like "Anna Orlova"'
    )
    company.add_argument("--zone", default="Europe/Moscow", help="time zone, like Asia/Omsk")
    company.add_argument("--language", default="ru", choices=["ru", "en"])
    company.set_defaults(command=_company)
    text = "print a link by which a person chooses a new password: once, within three days"
    password = commands.add_parser("password", help=text, description=text)
    password.add_argument("email")
    password.set_defaults(command=_password)
    text = "let people of a person's companies in from any address again: for an owner who has lost his network"
    let_in = commands.add_parser("let-in", help=text, description=text)
    let_in.add_argument("email", help="the address by which somebody of the company signs in")
    let_in.set_defaults(command=_let_in)


def _company(given: argparse.Namespace) -> int:
    with reach_database():
        import django

        django.setup()
        from voronka.accounts import queries, services
        from voronka.kit.errors import Refusal

        known = queries.signs_in(given.owner)
        try:
            company_id, _ = services.found_company(
                name=given.name,
                owner_email=given.owner,
                password=None if known else _ask_password(),
                owner_name=given.owner_name or given.owner.partition("@")[0],
                zone=given.zone,
                language=given.language,
                now=datetime.now(UTC),
            )
        except Refusal as refusal:
            raise SettingError("; ".join([refusal.message, *refusal.fields.values()])) from refusal
        print(f"Company {company_id} is founded; {given.owner} is its owner.")
    return 0


def _password(given: argparse.Namespace) -> int:
    with reach_database():
        import django

        django.setup()
        from django.conf import settings

        from voronka.accounts import services

        path = services.make_reset_path(email=given.email)
        if path is None:
            raise SettingError("nobody signs in by this address")
        print(f"http://localhost:{settings.PORT}{path}")
    return 0


def _let_in(given: argparse.Namespace) -> int:
    with reach_database():
        import django

        django.setup()
        from voronka.accounts import services

        names = services.let_everybody_in(email=given.email)
        if not names:
            raise SettingError("nobody of this address works in a company that keeps a list of networks")
        print("\n".join(f"{name}: people come in from any address again." for name in names))
    return 0


def _ask_password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password of the owner (at least 12 signs): ")
    return sys.stdin.readline().rstrip("\n")
