"""The public address of a client's link: it leads to the company's own page, or says what to do where there is none."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.accounts import queries as accounts
from voronka.kit.public_pages import is_over, language_of, private, refused
from voronka.kit.tenancy import company_context
from voronka.loyalty import ports
from voronka.loyalty.queries.referrals import company_of_link, get_terms, link_owner, page_url

PAGE = "friend-page"  # as limits count it


@require_GET
def friend_page(request: HttpRequest, code: str) -> HttpResponse:
    """Lead a friend to the company's page, with the code in its address; nothing of the asked address goes there.

    Wrong codes are all answered in the same words; many of them shut the address out.
    """
    with translation.override(language_of(request)):
        if is_over(PAGE, request, "look") or is_over(PAGE, request, "wrong", counts=False):
            return refused(request, 429, _("Too many requests from one place. Wait a little and try again."))
        company_id = company_of_link(code)
        if company_id is not None:
            with company_context(company_id, origin="friend page"):
                terms = get_terms()
                if terms.is_on and link_owner(code) is not None:
                    if there := page_url(code, terms):
                        return private(HttpResponseRedirect(there))
                    context = {
                        "company": accounts.get_company_rules().name,
                        "code": code,
                        "has_gift": terms.gift is not None,
                        "shop": ports.shop_url(code),
                        "lang": language_of(request),
                    }
                    return private(render(request, "loyalty/friend/page.html", context))
        is_over(PAGE, request, "wrong")
        return refused(request, 404, _("The link is wrong or holds no more."))
