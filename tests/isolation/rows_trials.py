"""Addresses of A/B tests."""

from isolation_table import NOW, SECRET, Row, World

from voronka.trials import services

SEE = "owner head marketer reader"
RUN = "owner head marketer"


def build(world: World) -> None:
    """Make a test that somebody was shown."""
    draft = services.TrialDraft("widget", 1, SECRET, (services.ArmDraft(SECRET), services.ArmDraft(SECRET)))
    row = services.make_trial(actor=world.owner, draft=draft, now=NOW)
    services.start(actor=world.owner, public_id=row.public_id, now=NOW)
    services.assign("widget", 1, "visitor:1", now=NOW)
    world.kept["trial"] = row.public_id


def one(world: World):
    return {"public_id": world.kept["trial"]}


ROWS = [
    Row("trials:trials", roles=SEE),
    Row("trials:plan", roles=SEE),
    Row("trials:trial", roles=SEE, args=one),
    Row("trials:trial-stop", "POST", roles=RUN, answer=(302,), args=one, data=lambda world: {"winner": "2"}),
]
