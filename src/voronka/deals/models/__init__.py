"""Pipelines, their buttons, the deals that move along them, and what is sold in them."""

from voronka.deals.models.deals import (
    AnswerWatch,
    ButtonSet,
    Deal,
    Guide,
    HandOver,
    LossReason,
    Pipeline,
    PipelineMember,
    Press,
    ShareRule,
    ShareSeat,
    Stage,
    Walk,
    WalkItem,
)
from voronka.deals.models.goods import DealLine

__all__ = [
    "AnswerWatch",
    "ButtonSet",
    "Deal",
    "DealLine",
    "Guide",
    "HandOver",
    "LossReason",
    "Pipeline",
    "PipelineMember",
    "Press",
    "ShareRule",
    "ShareSeat",
    "Stage",
    "Walk",
    "WalkItem",
]
