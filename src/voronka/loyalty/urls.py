"""Addresses of promo codes."""

from django.urls import path

from voronka.loyalty.views import cards, editing, friends, lists, referrals

app_name = "loyalty"

urlpatterns = [
    path("promo/", lists.promo_list, name="promos"),
    path("promo/new/", editing.promo_edit, name="promo-new"),
    path("promo/<slug:public_id>/", cards.promo, name="promo"),
    path("promo/<slug:public_id>/edit/", editing.promo_edit, name="promo-edit"),
    path("promo/<slug:public_id>/switch/", cards.promo_switch, name="promo-switch"),
    path("promo/<slug:public_id>/codes/", cards.promo_codes, name="promo-codes"),
    path("promo/<slug:public_id>/codes.<slug:code>", cards.promo_file, name="promo-file"),
    path("referrals/", referrals.referrals, name="referrals"),
    path("referrals/terms/", referrals.terms, name="referral-terms"),
    path("referrals/payouts/", referrals.payouts, name="referral-payouts"),
    path("referrals/of/<slug:public_id>/", referrals.panel, name="referral-panel"),
    path("referrals/of/<slug:public_id>/act/", referrals.client_act, name="referral-act"),
    path("referrals/<slug:public_id>/judge/", referrals.judge, name="referral-judge"),
    path("r/<slug:code>/", friends.friend_page, name="referral-link"),
]
