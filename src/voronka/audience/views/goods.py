"""The funnel by goods: what is won and lost of each product, and at which stage its deals die."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from voronka.audience.queries import figures
from voronka.audience.queries.asked import PipelineRow, list_pipelines
from voronka.audience.queries.figures import NOW, WAS
from voronka.audience.rules.goods import Sold, gathered
from voronka.audience.views import asking, words
from voronka.audience.views.asking import Ask
from voronka.audience.views.funnel import choose_pipeline
from voronka.catalogue import queries as catalogue
from voronka.kit.screens import signed_in

MOST = 20


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """A product in words: how many of its deals were won, what share, for how much, where the rest died."""

    name: str
    url: str
    category: str
    won: str
    won_was: str
    gone: str
    share: str
    share_was: str
    sum: str
    dies: str


@require_GET
@signed_in
def goods(request: HttpRequest) -> HttpResponse:
    """Show the goods of the deals that the funnel counts, those of most deals first."""
    ask = asking.read(request, "audience:funnel")
    pipeline = choose_pipeline(ask, list_pipelines())
    lines, rest = goods_lines(ask, pipeline) if pipeline is not None else ([], 0)
    return render(request, "audience/_goods.html", {"lines": lines, "rest": rest, "ask": ask})


def goods_lines(ask: Ask, pipeline: PipelineRow) -> tuple[Sequence[GoodsLine], int]:
    """Return the lines of the goods, and how many more there are."""
    rows = figures.list_closed_by_product(ask.figures(pipeline.pipeline_id))
    now, was = (
        gathered(
            (one.product_id, one.stage_id, one.state, one.count, one.sum) for one in rows if one.period == period
        )
        for period in (NOW, WAS)
    )
    order = sorted(now, key=lambda key: (-now[key].closed, -now[key].sum, key))
    heads = catalogue.products_by_ids(order[:MOST])
    categories = catalogue.whole_names([head[2] for head in heads.values() if head[2] is not None])
    stages = {one.stage_id: one.name for one in pipeline.stages}
    made = [
        _line(ask, heads[key], categories, now[key], was.get(key, Sold()), stages)
        for key in order[:MOST]
        if key in heads
    ]
    return made, max(0, len(order) - MOST)


def _line(
    ask: Ask, head: tuple[str, str, int | None], categories: Mapping[int, str], now: Sold, was: Sold,
    stages: Mapping[int, str],
) -> GoodsLine:  # fmt: skip
    public_id, name, category = head
    return GoodsLine(
        name=name,
        url=ask.address("audience:funnel", product=public_id, category="", stage=""),
        category=categories.get(category or 0, ""),
        won=words.count(now.won),
        won_was=words.count(was.won),
        gone=words.count(now.gone),
        share=words.percent(now.share),
        share_was=words.percent(was.share),
        sum=ask.money(now.sum),
        dies=stages.get(now.dies_at or 0, ""),
    )
