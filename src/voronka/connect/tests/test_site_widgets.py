"""Widgets of a site by the API: what they say and what came of them."""

from datetime import UTC, datetime

import pytest

from voronka.accounts.testing import make_company
from voronka.connect.testing import Program
from voronka.kit.ids import new_public_id
from voronka.kit.tenancy import company_context
from voronka.site.models import Showing, Visitor, WidgetVariant
from voronka.site.services import variants
from voronka.site.testing import make_site, make_widget

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def test_widgets_of_a_site_are_read_with_what_came_of_them():
    cast = make_company(now=NOW)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        site = make_site(cast.owner, NOW)
        widget = make_widget(cast.owner, site, NOW, kind="places", name="Where it is", content={"title": "Shops"})
        for nr, state in enumerate(("shown", "closed", "acted", "acted")):
            visitor = Visitor.objects.create(site=site, key=f"{nr:032}", first_at=NOW)
            Showing.objects.create(
                public_id=new_public_id(), visitor=visitor, widget=widget, key="1", rank=10, state=state,
                offered_at=NOW, shown_at=NOW,
            )  # fmt: skip
    [found] = Program.of(cast.owner).get(f"sites/{site.public_id}/widgets").json()["items"]
    assert (found["id"], found["kind"], found["name"], found["is_on"]) == (
        widget.public_id, "places", "Where it is", True,
    )  # fmt: skip
    assert found["content"]["title"] == "Shops"
    told = found["numbers"]
    assert (told["shown"], told["closed"], told["acted"], told["bought"]) == (4, 1, 2, 0)
    assert (told["money"], told["not_shown"]) == ("0", {})
    assert (found["test"], found["variants"]) == (None, [])
    assert Program.of(cast.stranger).get(f"sites/{site.public_id}/widgets").status_code == 404


def test_variants_of_a_widget_are_read_with_their_funnel_and_lead_to_their_test():
    cast = make_company(now=NOW)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        site = make_site(cast.owner, NOW)
        widget, other = (make_widget(cast.owner, site, NOW, name=name) for name in ("Bar", "Other"))
        for row in (widget, other):
            variants.add_variant(actor=cast.owner, public_id=row.public_id, now=NOW)
        same = {"actor": cast.owner, "public_id": widget.public_id, "now": NOW}
        variants.save_variant(**same, number=2, name="Gift", content={**widget.content, "title": "A gift"})
        test = variants.start_test(**same, shares=[1, 1])
        arm = WidgetVariant.objects.get(widget=widget, number=2).public_id
        for nr, state in enumerate(("shown", "acted", "closed")):
            visitor = Visitor.objects.create(site=site, key=f"{nr:032}", first_at=NOW)
            Showing.objects.create(
                public_id=new_public_id(), visitor=visitor, widget=widget, key="1", rank=10, state=state, arm=arm,
                offered_at=NOW, shown_at=NOW,
            )  # fmt: skip
    program = Program.of(cast.owner)
    told = {one["name"]: one for one in program.get(f"sites/{site.public_id}/widgets").json()["items"]}
    assert told["Bar"]["test"] == test
    own, gift = told["Bar"]["variants"]
    assert (own["number"], own["shown"], own["is_draft"]) == (1, 0, False)
    assert (gift["content"]["title"], gift["shown"], gift["acted"], gift["closed"]) == ("A gift", 3, 1, 1)
    assert (told["Other"]["test"], [one["is_draft"] for one in told["Other"]["variants"]]) == (None, [True])
    assert program.get(f"tests/{test}").json()["name"] == "Bar"
