"""Addresses of deals: the desk, the list, the set-up of pipelines and buttons."""

from django.urls import path

from voronka.deals.views import asks, workplace

app_name = "deals"

urlpatterns = [
    path("", workplace.home, name="home"),
    path("work/", workplace.workplace, name="workplace"),
    path("work/order", workplace.queue_order, name="queue-order"),
    path("deals/<slug:public_id>/", workplace.deal_detail, name="deal-detail"),
    path("deals/<slug:public_id>/feed", workplace.feed, name="feed"),
    path("deals/<slug:public_id>/phrase", workplace.phrase, name="phrase"),
    path("deals/<slug:public_id>/lease", workplace.lease_renew, name="lease-renew"),
    path("deals/<slug:public_id>/release", workplace.lease_release, name="lease-release"),
    path("deals/<slug:public_id>/press/<slug:button>", workplace.press, name="press"),
    path("deals/<slug:public_id>/ask/<slug:button>", asks.press_ask, name="press-ask"),
    path("deals/<slug:public_id>/menu/<slug:button>", asks.press_menu, name="press-menu"),
    path("presses/<int:press_id>/undo", workplace.press_undo, name="press-undo"),
]
