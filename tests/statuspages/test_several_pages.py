"""Several pages: which of them an update goes to, what none of them may say, and how they are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import company
from tests.hostile import NASTY
from tests.incidents import given
from tests.statuspages import readers
from tests.statuspages.test_publishing import published
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.directory.models import Product
from tocsin.incidents import commands as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands, parts, queries, rules
from tocsin.statuspages.maintenance import commands as maintenance
from tocsin.statuspages.mirrors import commands as mirrors
from tocsin.statuspages.mirrors.models import MirrorCopy
from tocsin.statuspages.models import Component, StatusPage
from tocsin.statuspages.outside.queries import outside, standing
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.pages import commands as pages
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.pages.commands import grouping
from tocsin.statuspages.subscribers import commands as subscribers

pytestmark = pytest.mark.django_db


def made(name: str = "Partners", **looks: Any) -> StatusPage:
    return pages.create_page(SYSTEM, name=name, now=given.later(-60), **looks)


def part(page: StatusPage, product: Product | None = None, name: str = "Tickets") -> Component:
    return commands.create_component(SYSTEM, page, name=name, product=product, now=given.later(-60))


def about(there: given.House, *products: Product, **more: Any) -> Incident:
    return given.fixing(there, products=list(products), **more)


def last_confirmations(incident: Incident) -> dict[str, str]:
    """By the slug of each page that says something of it the form of its last words."""
    return {update.entry.page.slug: update.confirmation for update in queries.updates_of(incident).reverse()}


def spoken(incident: Incident) -> list[str]:
    return sorted(entry.page.slug for entry in queries.open_entries(incident))


@pytest.fixture
def there() -> given.House:
    return given.house()


def carried(post: readers.Post) -> readers.Post:
    readers.walk(10)
    readers.carry(10)
    return post


@pytest.fixture
def tickets(there: given.House) -> Product:
    return company.product("Tickets")


def test_words_go_to_every_page_that_has_a_part_of_the_products(there: given.House, tickets: Product) -> None:
    partners, region, _ = made(), made("Region"), made("Nobody")
    part(partners, tickets)
    part(region, company.product("Wallet"))
    part(queries.page("external"), tickets)
    incident = about(there, tickets)
    said = published(there, incident)
    assert [update.entry.page.slug for update in said.updates] == ["internal", "external", "partners"]
    event = Event.objects.get(name="update.published")
    assert (event.data["pages"], event.data["slugs"]) == (["internal", "external"], ["internal", "external", "partners"])


def test_where_no_page_has_a_part_of_it_the_first_page_speaks(there: given.House, tickets: Product) -> None:
    part(made())
    assert spoken_after(there, about(there, tickets)) == ["external", "internal"]


def test_at_the_end_each_page_is_closed_or_stays_open_for_a_reason_of_its_own(there: given.House, tickets: Product) -> None:
    for page in (made(), made("Region"), queries.page("external")):
        part(page, tickets)
    incident = about(there, tickets)
    published(there, incident)
    with pytest.raises(Invalid, match="partners page"):
        given.resolved(there, incident, leave_open={"internal": "x", "external": "x", "region": "x"}, now=given.later(40))
    incident = given.resolved(there, incident, final={}, leave_open={"partners": "their gates catch up"}, now=given.later(40))
    assert spoken(incident) == ["partners"]
    assert [(one.page.slug, one.left_open_why) for one in queries.left_open(incident)] == [("partners", "their gates catch up")]
    words = {"external": {"title": "", "body": "The gates have caught up."}}
    act = {"kept": {}, "confirmation": "once", "now": given.later(90)}
    done = commands.say_last_words(there.actor("ben"), incident, final=words, **act)
    assert done is not None
    assert [update.entry.page.slug for update in done.updates] == ["partners"]


def test_a_page_without_the_part_is_left_in_peace_even_when_it_is_the_first(there: given.House, tickets: Product) -> None:
    part(made(), tickets)
    assert spoken_after(there, about(there, tickets)) == ["internal", "partners"]


def spoken_after(there: given.House, incident: Incident, **fields: Any) -> list[str]:
    published(there, incident, **fields)
    return spoken(incident)


def test_a_page_that_speaks_of_it_hears_how_it_goes_on_whatever_becomes_of_its_parts(there: given.House, tickets: Product) -> None:
    one = part(made(), tickets)
    incident = about(there, tickets)
    published(there, incident)
    commands.remove_component(SYSTEM, one, now=given.later(12))
    published(there, incident, internal=None, confirmation="form 2", now=given.later(20))
    assert last_confirmations(incident)["partners"] == "form 2"


def test_somebody_chooses_the_pages_and_wrong_names_are_refused(there: given.House, tickets: Product) -> None:
    made(), part(made("Region"), tickets)
    incident = about(there, tickets)
    assert spoken_after(there, incident, pages=["partners"]) == ["internal", "partners"]
    for wrong in (["internal"], ["nobody"], []):
        with pytest.raises(Invalid) as refused:
            published(there, incident, internal=None, pages=wrong, confirmation="form 2")
        assert refused.value.field == "pages"


@pytest.mark.req("RES-08")
def test_resolving_closes_the_entries_of_all_pages_in_one_act(there: given.House, tickets: Product) -> None:
    part(made(), tickets), part(queries.page("external"), tickets)
    incident = about(there, tickets)
    assert spoken_after(there, incident) == ["external", "internal", "partners"]
    given.resolved(there, incident, final={}, now=given.later(40))
    assert spoken(incident) == []
    last = last_confirmations(incident)
    assert set(last) == {"external", "partners", "internal"}
    assert len(set(last.values())) == 1


def test_a_page_that_heard_nothing_is_not_told_of_an_end(there: given.House, tickets: Product) -> None:
    part(made(), tickets)
    incident = about(there, tickets)
    published(there, incident, pages=["external"])
    given.resolved(there, incident, final={}, now=given.later(40))
    assert "partners" not in last_confirmations(incident)


def test_a_private_incident_is_refused_on_every_page(there: given.House, tickets: Product) -> None:
    part(made(is_secret=True), tickets)
    incident = about(there, tickets, by="root", private=True)
    for chosen in (None, ["partners"], ["external"]):
        with pytest.raises(Conflict) as refused:
            published(there, incident, by="root", pages=chosen)
        assert refused.value.code == "private_incident"


def test_an_incident_that_becomes_private_leaves_every_page(there: given.House, tickets: Product) -> None:
    page = made()
    part(page, tickets)
    incident = about(there, tickets)
    published(there, incident)
    assert len(outside(page, given.later(11)).entries) == 1
    incidents.change_fields(there.actor("ben"), incident, private=True, now=given.later(12))
    assert (outside(page, given.later(13)).entries, queries.external_page(given.later(13), page).open) == ((), ())


def test_parts_of_one_product_are_alike_on_every_page_that_speaks_and_work_again_together(
    there: given.House, tickets: Product
) -> None:
    ours, theirs = part(queries.page("external"), tickets), part(made(), tickets, "Fahrkarten")
    quiet = part(made("Region"), tickets)
    incident = about(there, tickets)
    published(there, incident, components={ours.pk: "partial_outage"}, pages=["external", "partners"])
    found = {one.pk: one.state for one in queries.components("external")}
    assert (found[ours.pk], found[theirs.pk], found[quiet.pk]) == ("partial_outage", "partial_outage", "operational")
    given.resolved(there, incident, final={}, now=given.later(40))
    assert {one.state for one in queries.components("external")} == {"operational"}


def test_a_part_of_a_page_that_hears_nothing_is_refused(there: given.House, tickets: Product) -> None:
    elsewhere = part(made(), company.product("Wallet"))
    with pytest.raises(Invalid) as refused:
        published(there, about(there, tickets), components={elsewhere.pk: "major_outage"}, pages=["external"])
    assert refused.value.field == "components"


def test_subscribers_hear_of_their_page_and_of_no_other(there: given.House, tickets: Product, post: readers.Post) -> None:
    page = made(language="de", zone="Europe/Vienna")
    part(page, tickets), part(queries.page("external"), tickets)
    for address, one in (("rita@example.net", None), ("paul@example.net", page), ("both@example.net", None)):
        subscribers.add(SYSTEM, address=address, page=one, now=given.later(-30))
    subscribers.add(SYSTEM, address="both@example.net", page=page, now=given.later(-30))
    published(there, about(there, tickets), pages=["partners"])
    carried(post)
    assert sorted(post.to) == ["both@example.net", "paul@example.net"]
    text = next(one for one in post.got if one["To"] == "paul@example.net").get_content()
    assert "Wird untersucht." in text
    assert "/status/p/partners/incidents/" in text
    assert "CET" in text


def test_the_mail_of_a_page_with_a_secret_address_does_not_hold_it(
    there: given.House, tickets: Product, post: readers.Post
) -> None:
    page = made(is_secret=True)
    part(page, tickets)
    subscribers.add(SYSTEM, address="paul@example.net", page=page, now=given.later(-30))
    published(there, about(there, tickets))
    (mail,) = carried(post).got
    assert addresses.secret(page) not in str(mail)


def test_a_mirror_repeats_its_page_and_never_one_with_a_secret_address(there: given.House, tickets: Product) -> None:
    page = made()
    part(page, tickets)
    given_one = {"kind": "signed", "audience": "external", "address": "https://own.example.com/hook", "now": given.later(0)}
    mine, _ = mirrors.create_mirror(SYSTEM, name="Theirs", page="partners", **given_one)
    mirrors.create_mirror(SYSTEM, name="Ours", **given_one)
    incident = about(there, tickets)
    published(there, incident)
    assert [copy.mirror_id for copy in MirrorCopy.objects.all()] == [mine.pk]
    pages.change_page(SYSTEM, page, is_secret=True, now=given.later(12))
    published(there, incident, internal=None, confirmation="form 2", now=given.later(20))
    assert MirrorCopy.objects.count() == 1
    with pytest.raises(Invalid):
        mirrors.create_mirror(SYSTEM, name="Again", page="partners", **given_one)


def test_a_secret_address_has_128_bits_and_the_one_before_leads_nowhere() -> None:
    page = made(is_secret=True)
    before = addresses.secret(page)
    assert len(before) == 26
    assert several.by_secret(before) == page
    later = pages.renew_address(SYSTEM, page, now=given.later(0))
    assert addresses.secret(later) != before
    for address in (before, "", "x" * 26):
        with pytest.raises(NotFound):
            several.by_secret(address)
    with pytest.raises(NotFound):
        several.by_slug("partners")
    assert not [event for event in Event.objects.all() if addresses.secret(later) in str(event.data)]


def test_an_archived_page_is_read_by_nobody_and_comes_back_whole(there: given.House, tickets: Product) -> None:
    page = made()
    part(page, tickets)
    incident = about(there, tickets)
    published(there, incident)
    with pytest.raises(Conflict):
        pages.archive_page(SYSTEM, page, now=given.later(20))
    given.resolved(there, incident, final={}, now=given.later(40))
    before = standing()
    pages.archive_page(SYSTEM, page, now=given.later(50))
    assert standing() != before
    assert (list(several.archived()), [one.slug for one in several.outside()]) == ([page], ["external"])
    with pytest.raises(NotFound):
        several.by_slug("partners")
    pages.restore_page(SYSTEM, page, now=given.later(60))
    assert len(outside(several.by_slug("partners"), given.later(61)).entries) == 1
    with pytest.raises(Conflict):
        pages.archive_page(SYSTEM, queries.page("external"), now=given.later(70))


def test_planned_work_and_an_archived_page_exclude_each_other(there: given.House) -> None:
    page = made()
    words: dict[str, Any] = {
        "title": "New database",
        "body": "Short pauses.",
        "starts_at": given.later(60),
        "ends_at": given.later(120),
    }
    work = maintenance.plan(SYSTEM, page, **words, now=given.later(0))
    with pytest.raises(Conflict, match="planned work to come"):
        pages.archive_page(SYSTEM, page, now=given.later(1))
    maintenance.cancel(SYSTEM, work, now=given.later(2))
    pages.archive_page(SYSTEM, page, now=given.later(3))
    with pytest.raises(Conflict, match="archived"):
        maintenance.plan(SYSTEM, page, **words, now=given.later(4))
    with pytest.raises(Conflict, match="archived"):
        maintenance.plan_series(SYSTEM, page, **words, rule="FREQ=WEEKLY;BYDAY=SA;COUNT=2", zone="UTC", now=given.later(4))


def refusals() -> Iterator[tuple[dict[str, Any], str]]:
    yield {"name": ""}, "name"
    yield {"language": "xx"}, "language"
    yield {"zone": "Mars/Base"}, "zone"
    yield {"theme": {"accent": "#ffff00"}}, "theme"
    yield {"host": "nonsense"}, "host"
    yield {"host": "a.example.com", "is_secret": True}, "host"
    yield {"position": -1}, "position"
    yield {"slug": "External"}, "slug"
    yield {"slug": "external"}, "slug"
    for text in NASTY:
        yield {"zone": text}, "zone"
        yield {"language": text}, "language"


@pytest.mark.parametrize(("fields", "field"), list(refusals()))
def test_what_a_page_cannot_be_is_refused_with_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        made(**{"name": "Partners", **fields})
    assert refused.value.field == field
    assert StatusPage.objects.count() == 2


def test_two_pages_do_not_have_one_host_and_the_first_pages_stay_what_they_are() -> None:
    made(host="status.example.com")
    with pytest.raises(Invalid):
        made("Region", host="status.example.com")
    with pytest.raises(Invalid):
        pages.change_page(SYSTEM, queries.page("external"), is_secret=True, now=given.later(0))
    with pytest.raises(Invalid):
        pages.change_page(SYSTEM, queries.page("internal"), language="de", now=given.later(0))


def test_whoever_is_no_administrator_makes_and_changes_nothing(there: given.House) -> None:
    page, ben = made(), there.actor("ben")
    group = grouping.create_group(SYSTEM, page, name="Money", now=given.later(0))
    acts = (
        lambda: pages.create_page(ben, name="Mine", now=given.later(0)),
        lambda: pages.change_page(ben, page, name="Mine", now=given.later(0)),
        lambda: pages.archive_page(ben, page, now=given.later(0)),
        lambda: pages.restore_page(ben, page, now=given.later(0)),
        lambda: pages.renew_address(ben, page, now=given.later(0)),
        lambda: grouping.create_group(ben, page, name="Mine", now=given.later(0)),
        lambda: grouping.change_group(ben, group, name="Mine", now=given.later(0)),
        lambda: grouping.remove_group(ben, group, now=given.later(0)),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_a_group_holds_parts_of_its_page_and_says_how_they_are(there: given.House, tickets: Product) -> None:
    page = made()
    one, other = part(page, tickets), part(page, None, "Search")
    group = grouping.create_group(SYSTEM, page, name="Shop", now=given.later(0))
    for component in (one, other):
        grouping.change_component(SYSTEM, component, group=group, now=given.later(0))
    commands.set_component_state(SYSTEM, other, "degraded_performance", now=given.later(1))
    (bundle,) = outside(page, given.later(2)).bundles
    assert (bundle.state, set(bundle.parts)) == ("degraded_performance", {one.pk, other.pk})
    grouping.change_group(SYSTEM, group, state="major_outage", now=given.later(3))
    assert outside(page, given.later(4)).bundles[0].state == "major_outage"
    assert queries.external_page(given.later(4), page).verdict == rules.VERDICTS["major_outage"]
    foreign = grouping.create_group(SYSTEM, queries.page("external"), name="Shop", now=given.later(5))
    with pytest.raises(Invalid) as refused:
        grouping.change_component(SYSTEM, one, group=foreign, now=given.later(5))
    assert refused.value.field == "group"
    grouping.remove_group(SYSTEM, group, now=given.later(6))
    assert parts.part(one.pk).group is None
    assert outside(page, given.later(7)).bundles == ()
