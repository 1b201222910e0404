"""Communications reviews at the doors: page, API and command line."""

from __future__ import annotations

import re

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tests.cli.test_catalogue import World as Sent
from tests.cli.test_catalogue import run
from tests.cli.test_catalogue import world as sent
from tests.forms import filled
from tests.hostile import NASTY
from tests.incidents.given import House, house
from tests.postmortems.test_communications_reviews import finished
from tests.web.walk import signed_in
from tocsin.core import clock
from tocsin.core.models import Event
from tocsin.incidents.models import Incident
from tocsin.postmortems.communication import queries
from tocsin.postmortems.communication.models import CommunicationsReview
from tocsin.postmortems.models import Action

__all__ = ("sent",)


@pytest.fixture
def there() -> House:
    return house()


@pytest.fixture
def incident(there: House) -> Incident:
    """Resolved a moment ago, whatever the clock of the tests says."""
    found = finished(there)
    Incident.objects.filter(pk=found.pk).update(resolved_at=clock.now())
    return found


@pytest.mark.req("FCO-12", "FCO-13")
@pytest.mark.django_db
def test_a_review_is_held_on_its_pages(there: House, incident: Incident) -> None:
    ben = signed_in(there.ben)
    assert f"<b>{incident.key}</b>" in ben.get("/communications-reviews").content.decode()
    assert "Choose the incident." in ben.post("/communications-reviews/start", {}).content.decode()
    place = ben.post("/communications-reviews/start", {"incident": incident.key, "scribe": there.ana.pk})["Location"]
    page = ben.get(place).content.decode()
    assert "We are looking into it" in page
    point = queries.walk(company.actor(there.ben), CommunicationsReview.objects.get())[-1]
    ana = signed_in(there.ana)
    note = {"at": point.at.isoformat(), "about": point.line.text, "text": "\n".join(NASTY)}
    assert ana.post(f"{place}/note", note)["Location"] == f"{place}#walk"
    assert ana.post(f"{place}/note", note | {"at": "then"}).status_code == 422
    wrong = ana.post(f"{place}/action", {"title": "x", "next_step": "y", "kind": "luck", "owner": there.ana.pk})
    assert wrong.context["form"].errors["kind"] == "Kind is one of people, process, technology."
    for kind in ("people", "process", "technology"):
        form = {"title": NASTY[0], "next_step": NASTY[1], "kind": kind, "owner": there.ana.pk}
        assert ana.post(f"{place}/action", form)["Location"] == f"{place}#actions"
    page = ben.get(place).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert ben.post(f"{place}/complete", {"regroup_on": "2020-01-01"}).context["form"].errors.keys() == {"regroup_on"}
    assert ben.post(f"{place}/complete", {"every_months": "4"})["Location"] == f"{place}#end"
    assert "completed" in ben.get(place).content.decode()
    assert signed_in(there.sven).post(f"{place}/note", note).status_code == 403
    shown = ben.get(f"/x/{Action.objects.get(kind='people').number}").content.decode()
    assert "<dd>People, of a <a" in shown
    assert "The next communications review is due on" in ben.get("/communications-reviews").content.decode()


@pytest.mark.django_db
def test_a_note_written_on_the_page_stands_at_its_line(there: House, incident: Incident) -> None:
    """With the instant and the words as the page gave them: events know their microsecond, pages say milliseconds."""
    for event in Event.objects.filter(context=incident.pk):
        Event.objects.filter(pk=event.pk).update(at=event.at.replace(microsecond=123_456))
    ben = signed_in(there.ben)
    place = ben.post("/communications-reviews/start", {"incident": incident.key, "scribe": there.ana.pk})["Location"]
    forms = re.findall(r"<details><summary>Write a note.*?</details>", ben.get(place).text, re.DOTALL)
    review = CommunicationsReview.objects.get()
    for number, form in enumerate(forms):
        ben.post(f"{place}/note", filled(form, "/note") | {"text": f"note {number}"})
    points = queries.walk(company.actor(there.ben), review)
    assert len(points) > 3
    assert [[note.text for note in one.notes] for one in points] == [[f"note {number}"] for number in range(len(points))]
    assert queries.elsewhere(points, review) == []
    assert all(re.findall(r"<textarea[^>]*></textarea>", form) for form in forms)


@pytest.mark.django_db
def test_the_api_walks_notes_and_completes(there: House, incident: Incident) -> None:
    api = Api(there.ben)
    assert [one["incident"] for one in api.get("communications-reviews/candidates").json()["items"]] == [incident.key]
    made = api.post("communications-reviews", {"incident": incident.key, "scribe": there.ana.email}).json()
    walk = api.get(f"communications-reviews/{made['id']}/walk").json()
    said = next(one for one in walk["points"] if "external" in one["words"])
    place = f"communications-reviews/{made['id']}"
    assert api.post(f"{place}/note", {"at": said["at"], "text": "Late."}).status_code == 201
    assert api.get(f"{place}/walk").json()["points"][walk["points"].index(said)]["notes"][0]["text"] == "Late."
    act = {"title": "Name who speaks", "kind": "process", "next_step": "Ask", "owner": there.ana.email}
    assert api.post(f"{place}/add-action", act).json()["kind"] == "process"
    refusal(api.post(f"{place}/add-action", act | {"kind": "luck"}), 422)
    assert refusal(api.post(f"{place}/add-action", act | {"next_step": " "}), 422)["field"] == "next_step"
    done = api.post(f"{place}/complete", {"every_months": 4}).json()
    assert (done["state"], done["every_months"]) == ("completed", 4)
    refusal(api.post(f"{place}/complete", {}), 409)
    assert [one["id"] for one in api.get("communications-reviews").json()["items"]] == [made["id"]]


def test_the_verbs_go_where_they_should(sent: Sent) -> None:
    sent.answer = {"id": "crv_1", "state": "running", "incident": "HOT-1", "lead": {"name": "Ben"}, "scribe": {"name": "Ana"}}
    assert "Ben leads, Ana writes" in run("communications-review", "start", "HOT-1", "--scribe", "ana@example.com")
    point = {"at": "t", "kind": "Update", "text": "x", "words": {"external": "Cards fail"}, "notes": [{"text": "late"}]}
    sent.answer = {"points": [point], "notes": [], "actions": []}
    assert "  note: late" in run("communications-review", "walk", "crv_1")
    sent.answer = {"number": 7, "title": "T", "owner": {"name": "Ana"}, "due_on": "2027-01-01"}
    run("communications-review", "add-action", "crv_1", "T", "--kind", "people", "--next", "Ask")
    assert sent.sent[-1] == (
        "POST",
        "communications-reviews/crv_1/add-action",
        {"title": "T", "kind": "people", "next_step": "Ask"},
    )
