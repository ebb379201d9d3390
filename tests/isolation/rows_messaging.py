"""Addresses of messages."""

from isolation_table import SECRET, Row, World

from voronka.messaging.services import save_template

WRITES = "owner head marketer"


def build(world: World) -> None:
    """Make a template."""
    made = save_template(actor=world.owner, name=SECRET, subject=SECRET, body="Здравствуйте, {{ client.name }}")
    world.kept["template"] = made.public_id


def _template(world: World) -> dict[str, str]:
    return {"public_id": world.kept["template"]}


def _typed(world: World) -> dict[str, str]:
    return {"name": "Письмо", "subject": "Тема", "body": "Текст"}


ROWS = [
    Row("messaging:templates", roles=WRITES),
    Row("messaging:template-new", roles=WRITES),
    Row("messaging:template-new", "POST", roles=WRITES, answer=(302,), data=_typed),
    Row("messaging:template", roles=WRITES, args=_template),
    Row("messaging:template", "POST", roles=WRITES, answer=(302,), args=_template, data=_typed),
    Row("messaging:template-delete", "POST", roles=WRITES, answer=(302,), args=_template),
    Row("messaging:mailbox", roles=WRITES),
]
