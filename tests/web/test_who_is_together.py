"""Who is together, whose turn is left empty and at which hours: readable without opening the editor."""

from __future__ import annotations

import re

import pytest
from django.utils.html import strip_tags

from tests import company
from tests.web.walk import signed_in
from tocsin.oncall.models import PolicyStep, RotationMember

pytestmark = pytest.mark.django_db
NIGHTS = [{"days": [0, 1, 2, 3, 4], "from": "22:00", "to": "06:00"}, {"days": [5, 6], "from": "00:00", "to": "00:00"}]


def text(page: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(page))


def test_the_layers_of_a_schedule_name_pairs_empty_turns_and_hours() -> None:
    ana, ben, cho = company.person("Ana Ruiz"), company.person("Ben Okafor"), company.person("Cho")
    schedule = company.schedule(company.team("Payments", ana, ben), ana)
    rotation = schedule.rotations.get()
    for position, person in ((0, ben), (1, None), (2, cho)):
        RotationMember.objects.create(rotation=rotation, person=person, position=position)
    schedule.rotations.update(windows=NIGHTS)
    page = text(signed_in(ana).get(f"/schedules/{schedule.slug}").text)
    assert "only Mon–Fri 22:00–06:00, Sat–Sun, since" in page
    assert ": Ana Ruiz + Ben Okafor, nobody, Cho" in page


def test_a_step_of_a_policy_says_its_days_and_zone() -> None:
    ana = company.person("Ana Ruiz")
    policy = company.policy(company.team("Payments", ana), ana)
    hours = [{"days": [0, 1, 2, 3, 4], "from": "09:00", "to": "17:00"}]
    PolicyStep.objects.filter(policy=policy).update(windows=hours, zone="Europe/Berlin")
    assert "only Mon–Fri 09:00–17:00, Berlin" in text(signed_in(ana).get(f"/policies/{policy.slug}").text)
