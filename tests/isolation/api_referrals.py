"""Rows of the operations over the referral programme; `rows_loyalty.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept
from rows_loyalty import PAY, SEE, SET_UP

REDEEM = "owner head manager marketer storekeeper cashier"
_referrer = _kept(client="referrer_client")

ROWS = [
    ApiRow("get_referral_terms", SET_UP),
    ApiRow("set_referral_terms", SET_UP, sent=lambda w: {"is_on": True, "percent": "7", "pays": "note"}),
    ApiRow("list_referral_dues", PAY),
    ApiRow("list_referral_payouts", PAY),
    ApiRow(
        "make_referral_payout", PAY, (201,), names=True, by_record=True,
        sent=lambda w: {"client": w.kept["referrer_client"], "sum": "90.00"},
    ),
    ApiRow("get_referral_account", SEE, args=_referrer, by_record=True),
    ApiRow("make_referral_link", REDEEM, args=_referrer, by_record=True),
    ApiRow("list_referrals", SEE),
    ApiRow(
        "name_referral", REDEEM, (201,), names=True, by_record=True,
        sent=lambda w: {"friend": w.kept["friend_to_be"], "code": w.kept["friend_code"]},
    ),
    ApiRow("get_referral", SEE, args=_kept(referral="referral")),
    ApiRow("judge_referral", PAY, args=_kept(referral="referral"), sent=lambda w: {"verdict": "refuse"}),
]  # fmt: skip
