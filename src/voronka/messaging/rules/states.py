"""The states of a message, and which may follow which.

A message is planned or waits for its hour, is taken by a sender (claimed), handed over (handed), taken by the other
side (accepted), and reaches the client (delivered). A claim that broke before the hand-over began is planned again,
since nothing has left; one that broke after is unknown, and only a receipt or a person settles it. Rows of a campaign
that is paused, or whose throttle has not let them through, are held: no sender looks at them.
"""

DUE = ("planned", "waiting")
TAKEN = ("claimed", "handed")
# They have not gone and are in no sender's hands.
STILL = (*DUE, "held")
# Nothing of these has left, and a sender that holds one asks again before it hands it over.
RECALLABLE = (*STILL, "claimed")
# Their hand-over has begun at the moment `handed_at`.
WAS_HANDED = ("handed", "accepted", "delivered", "failed", "unknown")
# What the client has got or may have got, and nobody can call back.
STAYS = ("handed", "accepted", "delivered", "unknown")
# What the client has got or may have got: these count for the cap.
WENT = ("claimed", "handed", "accepted", "delivered", "unknown")
ENDS = ("delivered", "failed", "refused", "cancelled")
STATES = ("planned", "waiting", "held", "claimed", "handed", "accepted", "delivered", "failed", "unknown",
          "refused", "cancelled")  # fmt: skip
# What a client said to a message, as codes of its steps: he complained of it, he left by it.
ANSWERS = ("complaint", "left")
# A state as indexes know it. Every sender moves a row through `claimed` and `handed` to `accepted`: as one stage these
# are no change to any index, so the new version of the row costs none of them anything.
DUE_STAGE, WENT_STAGE = "due", "went"
GOING = ("claimed", "handed", "accepted")
_BY_RECEIPT = {
    "accepted": ("handed", "unknown"),
    "delivered": ("handed", "unknown", "accepted"),
    "failed": ("handed", "unknown", "accepted"),
}


def stage_of(state: str) -> str:
    """Return a state as the database's indexes know it (`Message.stage`)."""
    return DUE_STAGE if state in DUE else WENT_STAGE if state in GOING else state


def moved_by_receipt(state: str, told: str) -> bool:
    """Tell whether a receipt that says `told` moves a message in `state`; late, doubled and backward ones do not."""
    return state in _BY_RECEIPT.get(told, ())
