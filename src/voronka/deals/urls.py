"""Addresses of deals: the desk, the list, the set-up of pipelines and buttons."""

from django.urls import path

from voronka.deals.views import (
    asks,
    board,
    client_deals,
    deals,
    editor,
    exporting,
    guide,
    moving,
    pipelines,
    search,
    workplace,
)

app_name = "deals"

urlpatterns = [
    path("", workplace.home, name="home"),
    path("search/", search.search, name="search"),
    path("guide/", guide.guide_page, name="guide"),
    path("guide/trade", guide.guide_trade, name="guide-trade"),
    path("guide/example", guide.guide_example, name="guide-example"),
    path("guide/clear", guide.guide_clear, name="guide-clear"),
    path("guide/leave", guide.guide_leave, name="guide-leave"),
    path("work/", workplace.workplace, name="workplace"),
    path("work/ahead", workplace.ahead, name="ahead"),
    path("work/order", workplace.queue_order, name="queue-order"),
    path("deals/", deals.deal_list, name="deal-list"),
    path("deals/board/", board.board, name="board"),
    path("deals/board/<slug:public_id>/more", board.board_more, name="board-more"),
    path("deals/funnel/", board.funnel, name="funnel"),
    path("deals/export/<slug:code>/", exporting.deal_export, name="deal-export"),
    path("deals/new/", deals.deal_new, name="deal-new"),
    path("deals/<slug:public_id>/", workplace.deal_detail, name="deal-detail"),
    path("deals/<slug:public_id>/move", moving.deal_move, name="deal-move"),
    path("deals/<slug:public_id>/feed", workplace.feed, name="feed"),
    path("deals/<slug:public_id>/note", workplace.note_add, name="note-add"),
    path("deals/<slug:public_id>/phrase", workplace.phrase, name="phrase"),
    path("deals/<slug:public_id>/lease", workplace.lease_renew, name="lease-renew"),
    path("deals/<slug:public_id>/release", workplace.lease_release, name="lease-release"),
    path("deals/<slug:public_id>/press/<slug:button>", workplace.press, name="press"),
    path("deals/<slug:public_id>/ask/<slug:button>", asks.press_ask, name="press-ask"),
    path("deals/<slug:public_id>/menu/<slug:button>", asks.press_menu, name="press-menu"),
    path("presses/<int:press_id>/", workplace.press_detail, name="press-detail"),
    path("presses/<int:press_id>/undo", workplace.press_undo, name="press-undo"),
    path("clients/<slug:public_id>/deals", client_deals.client_deals, name="client-deals"),
    path("imports/<slug:public_id>/deals", deals.import_offer, name="import-offer"),
    path("settings/pipelines/", pipelines.pipeline_list, name="pipelines"),
    path("settings/pipelines/reasons/", pipelines.reason_add, name="reason-add"),
    path("settings/pipelines/reasons/<slug:code>/", pipelines.reason_change, name="reason"),
    path("settings/pipelines/<slug:public_id>/", pipelines.pipeline, name="pipeline"),
    path("settings/pipelines/<slug:public_id>/move", pipelines.pipeline_move, name="pipeline-move"),
    path("settings/stages/<slug:public_id>/", pipelines.stage, name="stage"),
    path("settings/stages/<slug:public_id>/move", pipelines.stage_move, name="stage-move"),
    path("settings/stages/<slug:public_id>/delete", pipelines.stage_delete, name="stage-delete"),
    path("settings/stages/<slug:public_id>/buttons/", editor.stage_buttons, name="stage-buttons"),
    path("settings/stages/<slug:public_id>/buttons/change", editor.stage_buttons_change, name="stage-buttons-change"),
    path("settings/stages/<slug:public_id>/buttons/enable", editor.stage_buttons_enable, name="stage-buttons-enable"),
    path("settings/stages/<slug:public_id>/buttons/drop", editor.stage_buttons_drop, name="stage-buttons-drop"),
    path(
        "settings/stages/<slug:public_id>/buttons/history", editor.stage_buttons_history, name="stage-buttons-history"
    ),
    path(
        "settings/stages/<slug:public_id>/buttons/restore/<int:version>",
        editor.stage_buttons_restore,
        name="stage-buttons-restore",
    ),
]
