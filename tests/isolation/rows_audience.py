"""Addresses of the reports."""

from isolation_table import Row, World

from voronka.accounts.models import Employee
from voronka.audience import services

SEES = "owner head manager marketer reader"
TAKES_OUT = "owner head marketer"


def build(world: World) -> None:
    """Take what other parts have made into the facts, and keep the manager whose deal is there."""
    services.rebuild()
    manager = Employee.objects.get(pk=world.people["manager"].employee_id)
    world.kept["report_manager"] = manager.public_id


def _of_manager(world: World) -> dict[str, str]:
    return {"what": "presses", "who": world.kept["report_manager"]}


ROWS = [
    Row("audience:funnel", roles=SEES),
    Row(
        "audience:funnel",
        roles=SEES,
        data=lambda w: {
            "pipeline": w.kept["pipeline"],
            "stage": w.kept["stage"],
            "period": "quarter",
            "view": "table",
        },
    ),
    Row("audience:funnel-team", roles=SEES),
    Row("audience:funnel-goods", roles=SEES, data=lambda w: {"period": "quarter"}),
    Row("audience:managers", roles=SEES),
    Row(
        "audience:managers",
        roles="owner head manager marketer reader",
        data=lambda w: {"manager": w.kept["report_manager"], "period": "quarter"},
    ),
    Row("audience:behind", roles=SEES, data=lambda w: {"what": "opened", "period": "quarter"}),
    Row("audience:behind", roles=SEES, data=_of_manager, by_record=True),
    Row("audience:funnel-file", roles=TAKES_OUT, data=lambda w: {"pipeline": w.kept["pipeline"]}),
    Row("audience:managers-file", roles=TAKES_OUT, data=lambda w: {"period": "quarter"}),
]
