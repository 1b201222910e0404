"""Questions whose SQL is made once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Length

from tests import company
from tocsin.core.models import Event
from tocsin.core.store.prepared import Prepared, Unpreparable
from tocsin.directory.models import Membership, NotifyStep, Person, Team

pytestmark = pytest.mark.django_db
NAMES = ("Ada", "Bo % and _", "O'Neill", "\x0203", "Zoë", "%s")


def by_name(name: str) -> QuerySet[Person]:
    return Person.objects.filter(name=name).order_by("id")


def people() -> None:
    for name in NAMES:
        company.person(name)


def test_what_comes_back_is_what_the_same_queryset_brings() -> None:
    people()
    prepared = Prepared(by_name)
    for name in (*NAMES, "nobody"):
        assert prepared(name) == list(by_name(name))


def test_a_number_that_no_store_has_is_found_nowhere() -> None:
    prepared = Prepared(lambda position: Event.objects.filter(position=position))
    assert [prepared(number) for number in (7, 2**63, -(2**70))] == [[], [], []]


def test_a_number_of_a_small_field_is_found() -> None:
    """PostgreSQL is asked nothing about a number beyond its field; so what stands for the number must lie within."""
    ada = company.person("Ada")
    company.notify(ada, *ada.contact_methods.all(), delays=(7,))
    small = Prepared(lambda minutes: NotifyStep.objects.filter(delay_minutes=minutes))
    assert [len(small(minutes)) for minutes in (0, 7, 100_000, 7)] == [0, 2, 0, 2]


def test_a_number_of_the_question_is_not_taken_for_a_value() -> None:
    with pytest.raises(Unpreparable):
        Prepared(lambda position: Event.objects.filter(Q(position=position) | Q(position=30_000)))(7)


KINDS = (
    lambda rows: rows,
    lambda rows: rows.annotate(letters=Length("name"), teamwork=Count("memberships")),
    lambda rows: rows.only("name", "zone"),
    lambda rows: rows.values("id", "name", "created_at"),
    lambda rows: rows.values("zone").annotate(people=Count("id")).order_by("zone"),
    lambda rows: rows.values_list("name", "created_at"),
    lambda rows: rows.annotate(letters=Length("name")).values_list("letters", "id"),
    lambda rows: rows.order_by("email").distinct().values_list("name"),
    lambda rows: rows.values_list("name", flat=True),
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_row_is_built_as_django_builds_it(kind: Callable[[QuerySet[Person]], QuerySet[Any]]) -> None:
    people()

    def question(zone: str) -> Any:
        return kind(Person.objects.filter(zone=zone).order_by("name"))

    built, plain = Prepared(question)("UTC"), list(question("UTC"))
    assert len(plain) > 0
    assert list(map(_told, built)) == list(map(_told, plain))


def _told(row: Any) -> Any:
    """What a row holds; of a model everything but its state, with what was left out and the store that it came from."""
    if not isinstance(row, Person):
        return row
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    return held, row.get_deferred_fields(), row._state.db, row._state.adding


def test_a_kind_of_row_that_it_does_not_know_is_refused() -> None:
    with pytest.raises(Unpreparable):
        Prepared(_named)("Ada")


def _named(name: str) -> Any:
    return Person.objects.filter(name=name).values_list("id", named=True)


def test_a_sequence_may_have_any_length_and_none_at_all() -> None:
    people()
    prepared = Prepared(lambda names: Person.objects.filter(name__in=names).order_by("name"))
    either = Prepared(lambda names, name: Person.objects.filter(Q(name__in=names) | Q(name=name)).order_by("name"))
    for count in range(len(NAMES) + 1):
        assert {one.name for one in prepared(NAMES[:count])} == set(NAMES[:count])
        assert {one.name for one in either(NAMES[:count], "Ada")} == {*NAMES[:count], "Ada"}


def test_related_rows_come_along() -> None:
    team = company.team("Payments", company.person("Ada"))
    prepared = Prepared(lambda team: Membership.objects.filter(team=team).select_related("person", "team"))
    (found,) = prepared(team.id)
    reads: list[str] = []
    with connection.execute_wrapper(lambda execute, sql, *rest: reads.append(sql) or execute(sql, *rest)):  # type: ignore[func-returns-value]
        assert (found.person.name, found.team.name) == ("Ada", "Payments")
    assert not reads


def test_instants_and_numbers_are_values_too() -> None:
    people()
    prepared = Prepared(lambda before: Person.objects.filter(created_at__lt=before).order_by("id").values_list("name", flat=True))
    now = Person.objects.latest("created_at").created_at
    assert prepared(now + dt.timedelta(microseconds=1)) == list(Person.objects.order_by("id").values_list("name", flat=True))
    assert prepared(now - dt.timedelta(days=1)) == []


def test_rows_are_read_anew_each_time() -> None:
    prepared = Prepared(lambda name: Team.objects.filter(name=name)[:1])
    assert prepared.first("Payments") is None
    company.team("Payments")
    assert prepared.first("Payments") == Team.objects.get()


@pytest.mark.parametrize(
    "question",
    [
        lambda value: Team.objects.filter(name__contains=value),
        lambda value: Team.objects.filter(name="Payments") if value else Team.objects.none(),
        lambda value: Team.objects.filter(name=value).prefetch_related("members"),
    ],
)
def test_what_depends_on_more_than_values_is_refused(question: Any) -> None:
    with pytest.raises(Unpreparable):
        Prepared(question)("Payments")


@pytest.mark.django_db(transaction=True)
def test_threads_ask_side_by_side() -> None:
    people()
    prepared = Prepared(by_name)
    found: list[bool] = []

    def ask(name: str) -> None:
        for _ in range(50):
            found.append([one.name for one in prepared(name)] == [name])
        connection.close()

    threads = [threading.Thread(target=ask, args=(name,)) for name in NAMES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [True] * 50 * len(NAMES)
