"""Rows of the operations on campaigns; `rows_messaging.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept
from isolation_table import World

LOOKS = "owner head marketer reader"
WRITES = "owner head marketer"


def _drafted(world: World) -> dict[str, object]:
    texts = [{"template": world.kept["template"]}]
    return {"name": "Осень", "traffic": "service", "saved_list": world.kept["views"]["shared"], "variants": texts}


ROWS = [
    ApiRow("list_campaigns", LOOKS),
    ApiRow("get_campaign", LOOKS, args=_kept(campaign="campaign")),
    ApiRow("get_campaign_results", LOOKS, args=_kept(campaign="ran_campaign")),
    ApiRow("check_campaign", LOOKS, args=_kept(campaign="campaign")),
    ApiRow("judge_campaign", LOOKS, args=_kept(campaign="campaign")),
    ApiRow("list_campaign_recipients", LOOKS, args=_kept(campaign="ran_campaign")),
    ApiRow("add_campaign", WRITES, answer=(201,), sent=_drafted, names=True),
    ApiRow("change_campaign", WRITES, args=_kept(campaign="campaign"), sent=_drafted, names=True),
    ApiRow("copy_campaign", WRITES, (201,), args=_kept(campaign="ran_campaign")),
    ApiRow("drop_campaign", WRITES, (204,), args=_kept(campaign="campaign")),
    ApiRow(
        "test_campaign", WRITES, args=_kept(campaign="campaign"), sent=lambda w: {"client": w.kept["walker"]},
    ),
    ApiRow("start_campaign", WRITES, args=_kept(campaign="campaign"), sent=lambda w: {"at_most": 1000}),
    ApiRow("pause_campaign", WRITES, args=_kept(campaign="ran_campaign")),
    ApiRow("resume_campaign", WRITES, args=_kept(campaign="ran_campaign"), sent=lambda w: {}),
    ApiRow("unschedule_campaign", WRITES, args=_kept(campaign="campaign")),
    ApiRow("stop_campaign", WRITES, args=_kept(campaign="ran_campaign")),
]  # fmt: skip
