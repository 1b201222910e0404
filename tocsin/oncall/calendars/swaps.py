"""Mail about swaps: who is asked, and what became of it. One mail for each request, news and person, whatever is retried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tocsin.directory.models import Person
from tocsin.oncall.calendars.notices import Notice, letter, when
from tocsin.oncall.models import CoverRequest

_PATH = "/oncall/swaps"


def asked(request: CoverRequest, by: str) -> Iterator[Notice]:
    """To the colleague, or to everybody of the team who may answer; and to whom the shift belongs when a manager asked (`by`)."""
    whom = "you" if request.asked else "the team"
    for person in _who_may_answer(request, by):
        lines = [f"{request.person.name} asks {whom} to take over {_time(request, person)}."]
        lines += [f"In return {request.person.name} takes over {_return(request, person)}."] if request.back_starts_at else []
        lines += [f"“{request.note}”"] if request.note else []
        lines += [f"{request.person.name} stays on call until somebody accepts."]
        yield _letter(request, "asked", person, f"{request.person.name} asks for a swap: {request.schedule.name}", lines)
    if request.person_id != by:
        lines = [f"A manager asked {request.asked or 'the team'} to take over {_time(request, request.person)} from you."]
        yield _letter(request, "asked", request.person, f"Somebody is asked for you: {request.schedule.name}", lines)


def accepted(request: CoverRequest, taker: Person) -> Iterator[Notice]:
    """To both: each loses a shift or gains one."""
    giver = request.person
    lines = [f"{taker.name} takes over {_time(request, giver)} from you."]
    lines += [f"In return you take over {_return(request, giver)}."] if request.back_starts_at else []
    yield _letter(request, "accepted", giver, f"{taker.name} takes your shift: {request.schedule.name}", lines)
    lines = [f"You take over {_time(request, taker)} from {giver.name}."]
    lines += [f"In return {giver.name} takes over {_return(request, taker)}."] if request.back_starts_at else []
    yield _letter(request, "accepted", taker, f"You took a shift over: {request.schedule.name}", lines)


def declined(request: CoverRequest, by: Person) -> Iterator[Notice]:
    """To whoever keeps the shift now."""
    lines = [f"{by.name} cannot take over {_time(request, request.person)}. The shift stays yours."]
    yield _letter(request, "declined", request.person, f"{by.name} cannot take your shift: {request.schedule.name}", lines)


def withdrawn(request: CoverRequest, by: str) -> Iterator[Notice]:
    """To the colleague who was asked, and to whom the shift belongs, but not to whoever took it back (`by`)."""
    for person in _both(request):
        if person.id != by:
            lines = [f"You need not answer any more: {_time(request, person)} stays with {request.person.name}."]
            if person == request.person:
                lines = [f"A manager took the request back: {_time(request, person)} stays yours."]
            yield _letter(request, "withdrawn", person, f"Nobody is asked any more: {request.schedule.name}", lines)


def lapsed(request: CoverRequest) -> Iterator[Notice]:
    """To whoever asked and the colleague who was asked."""
    for person in _both(request):
        lines = [f"The request to take over {_time(request, person)} has ended.", request.ended_because]
        yield _letter(request, "lapsed", person, f"A request for a swap has ended: {request.schedule.name}", lines)


def _who_may_answer(request: CoverRequest, by: str) -> list[Person]:
    if request.asked:
        return [request.asked] if request.asked_id != by else []
    team = Person.objects.filter(memberships__team=request.schedule.team_id, is_active=True).exclude(role=Person.STAKEHOLDER)
    return list(team.exclude(id__in=(request.person_id, by)).order_by("id"))


def _both(request: CoverRequest) -> list[Person]:
    return [one for one in (request.person, request.asked) if one and one.is_active]


def _letter(request: CoverRequest, news: str, person: Person, subject: str, lines: Iterable[str]) -> Notice:
    return letter(f"cover:{request.id}:{news}:{person.id}", person, subject, lines, "Swaps", _PATH)


def _time(request: CoverRequest, reader: Person) -> str:
    return f"{request.schedule.name} from {when(request.starts_at, reader)} to {when(request.ends_at, reader)}"


def _return(request: CoverRequest, reader: Person) -> str:
    begin, end = request.back_starts_at, request.back_ends_at
    return f"what is yours from {when(begin, reader)} to {when(end, reader)}" if begin and end else ""
