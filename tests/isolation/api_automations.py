"""Rows of the operations over automations; `rows_flows.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept

SEE = "owner head manager marketer reader"
EDIT = "owner head marketer"
RUN = "owner head manager marketer"

ROWS = [
    ApiRow("list_automations", SEE),
    ApiRow("list_scenarios", SEE),
    ApiRow("switch_automation", EDIT, args=_kept(automation="automation"), sent=lambda w: {"is_on": False}),
    ApiRow("list_automation_walks", SEE, args=_kept(automation="automation")),
    ApiRow(
        "start_automation", RUN, args=_kept(automation="automation"),
        sent=lambda w: {"subject": w.kept["walker"]},
    ),
    ApiRow("get_automation_walk", SEE, args=_kept(walk="flow_walk")),
    ApiRow("stop_automation_walk", RUN, args=_kept(walk="flow_walk")),
    ApiRow("retry_automation_walk", RUN, args=_kept(walk="flow_stuck")),
]  # fmt: skip
