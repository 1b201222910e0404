"""The verbs of an incident, once: what may be typed into its room, what the buttons, the API and the command line call the same.

A line that begins with a slash is a verb. `//` begins a line of plain text. Verbs without `run` need a form and lead to it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tocsin.alerts import queries as alerts
from tocsin.collab.commands import NamedFile
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, Refused
from tocsin.core.store import once
from tocsin.incidents import commands, permissions, rules
from tocsin.incidents.iterating import rules as iterating
from tocsin.incidents.iterating import typed as loop
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import meant

Permission = Callable[[Actor, Incident], None]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands after the verb, and what was sent along."""

    words: str
    now: dt.datetime
    files: Sequence[NamedFile] = ()
    client_key: str | None = None


@dataclass(frozen=True, slots=True)
class Verb:
    """`name` is that of the API and the command line, `slashes` what is typed, first the one that help shows."""

    name: str
    slashes: tuple[str, ...]
    takes: str
    words: str
    run: Callable[[Actor, Incident, Typed], str] | None = None
    tail: str = ""
    may: Permission = permissions.require_responder
    keeps_files: bool = False
    asks: Callable[[str], dict[str, str]] | None = None
    """What the words leave open, to begin the form at `tail` with; nothing when they say enough."""

    def allows(self, actor: Actor, incident: Incident) -> bool:
        """Whether this actor may use it here."""
        try:
            self.may(actor, incident)
        except Refused:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a line: the verb, a sentence, and the address of the form when it needs one."""

    verb: str
    words: str
    path: str = ""


def is_verb(line: str) -> bool:
    """Whether a line is to be carried out rather than said."""
    return (line.startswith("/") and not line.startswith("//")) or line.startswith("@page ")


def plain(line: str) -> str:
    """What is said by a line that is no verb: `//var/log is full` says `/var/log is full`."""
    return line[1:] if line.startswith("//") and not line[2:3].isspace() else line


def perform(
    actor: Actor,
    incident: Incident,
    line: str,
    *,
    files: Sequence[NamedFile] = (),
    client_key: str | None = None,
    now: dt.datetime,
) -> Done:
    """Carry out a line such as `/sev 2`. The same `client_key` twice is carried out once and answered the same.

    Raises Invalid with the field `text` for an unknown verb, with the nearest one, and whatever the verb's command raises.
    """
    slash, _, rest = line.removeprefix("@").partition(" ") if line.startswith("@") else _split(line)
    verb = _found("/" + slash.lstrip("/"))
    verb.may(actor, incident)
    if files and not verb.keeps_files:
        raise Invalid(f"{verb.slashes[0]} takes no files. Send them with a message or a note.", field="files")
    if verb.run is None:
        return Done(verb.name, verb.words, f"/{incident.key}{verb.tail}")
    typed = Typed(rest.strip(), now, files, client_key)
    unsaid = verb.asks(typed.words) if verb.asks else {}
    if unsaid and files:
        raise Invalid("Say how it is taken back, and send the files with a message.", field="text")
    if unsaid:
        return Done(verb.name, "Not logged yet: say how it is taken back.", f"/{incident.key}{verb.tail}?{urlencode(unsaid)}")

    def work() -> once.Answer:
        assert verb.run is not None
        return once.Answer(200, json.dumps(verb.run(actor, incident, typed)))

    if client_key:
        answer = once.once(work, key=f"{actor.id} {incident.id} {client_key}", content=line, now=now)
    else:
        answer = once.together(work)
    return Done(verb.name, json.loads(answer.body))


def _split(line: str) -> tuple[str, str, str]:
    """The verb and what follows it, on the same line or the next."""
    slash = line.split(maxsplit=1)[0]
    return slash, " ", line[len(slash) :]


def _found(slash: str) -> Verb:
    known = {one: verb for verb in VERBS for one in verb.slashes}
    if slash.lower() in known:
        return known[slash.lower()]
    near = difflib.get_close_matches(slash.lower(), known, n=1, cutoff=0.0)
    raise Invalid(
        f"There is no {slash[:30]}; the nearest is {near[0]}. /help lists all, and // begins a line that is only said.",
        field="text",
    )


def _note(kind: str) -> Callable[[Actor, Incident, Typed], str]:
    def run(actor: Actor, incident: Incident, typed: Typed) -> str:
        commands.note(actor, incident, kind=kind, text=typed.words, files=typed.files, client_key=typed.client_key, now=typed.now)
        return f"{rules.NOTES[kind]} noted."

    return run


def _severity(actor: Actor, incident: Incident, typed: Typed) -> str:
    if typed.words not in {"1", "2", "3"}:
        raise Invalid("Write /sev 1, /sev 2 or /sev 3.", field="text")
    commands.set_severity(actor, incident, int(typed.words), now=typed.now)
    return f"Sev {typed.words} is set."


_ROLES = {
    rules.MANAGER: ("im", "manager", "incident manager", "command"),
    rules.TECH_LEAD: ("lead", "tech", "tech lead"),
    rules.COMMUNICATIONS: ("comms", "communications", "communications manager"),
    rules.INSIDE: ("internal comms", "internal communications"),
    rules.OUTSIDE: ("external comms", "external communications"),
    rules.BACKUP: ("backup", "backup im", "backup incident manager"),
}


def _role(words: str) -> tuple[str, str]:
    """The role that a text begins with and what follows it; an empty role when it begins with none."""
    text = " ".join(words.split())
    spellings = [(spelling, role) for role, several in _ROLES.items() for spelling in several]
    for spelling, role in sorted(spellings, key=lambda pair: -len(pair[0])):
        if text.lower() == spelling or text.lower().startswith(spelling + " "):
            return role, text[len(spelling) :].strip()
    return "", text


def _take(actor: Actor, incident: Incident, typed: Typed) -> str:
    role, rest = _role(typed.words)
    if rest:
        raise Invalid("Write /take, /take tech lead or /take communications.", field="text")
    if role in ("", rules.MANAGER):
        commands.take_command(actor, incident, now=typed.now)
    else:
        commands.assign_role(actor, incident, role, meant.person_by_id(actor.id), now=typed.now)
    return f"You are {rules.role_label(role or rules.MANAGER).lower()}."


def _assign(actor: Actor, incident: Incident, typed: Typed) -> str:
    role, name = _role(typed.words)
    if not role or not name:
        raise Invalid("Write the role and the name: /role tech lead @mei.", field="text")
    person = meant.person_called(name)
    commands.assign_role(actor, incident, role, person, now=typed.now)
    return f"{person.name} is {rules.role_label(role).lower()}."


def _offer(actor: Actor, incident: Incident, typed: Typed) -> str:
    role, name = _role(typed.words)
    if not role or not name:
        raise Invalid("Write the role and the name: /offer tech lead @mei.", field="text")
    person = meant.person_called(name)
    commands.offer_role(actor, incident, role, person, now=typed.now)
    return f"{person.name} is asked to be {rules.role_label(role).lower()}."


def _hand_over(actor: Actor, incident: Incident, typed: Typed) -> str:
    role, name = _role(typed.words)
    if not name:
        raise Invalid("Say to whom: /handover @mei, or /handover tech lead @mei.", field="text")
    person = meant.person_called(name)
    commands.hand_over(actor, incident, person, role=role or rules.MANAGER, now=typed.now)
    return f"{person.name} is {rules.role_label(role or rules.MANAGER).lower()}."


def _release(actor: Actor, incident: Incident, typed: Typed) -> str:
    role, rest = _role(typed.words)
    if not role or rest:
        raise Invalid("Say which role: /release tech lead.", field="text")
    commands.release_role(actor, incident, role, now=typed.now)
    return f"You are no longer {rules.role_label(role).lower()}."


def _page(actor: Actor, incident: Incident, typed: Typed) -> str:
    target = meant.target_called(actor, typed.words)
    commands.page_team(actor, incident, target, now=typed.now)
    return f"{target.name} is being paged."


def _invite(actor: Actor, incident: Incident, typed: Typed) -> str:
    person = meant.person_called(typed.words)
    commands.add_member(actor, incident, person, now=typed.now)
    return f"{person.name} may see this incident."


def _link(actor: Actor, incident: Incident, typed: Typed) -> str:
    number = typed.words.lstrip("#")
    if not (number.isascii() and number.isdigit() and len(number) <= 12):
        raise Invalid("Write the number of the alert: /link 4821.", field="text")
    commands.link_alert(actor, incident, alerts.alert_by_number(actor, int(number)), now=typed.now)
    return f"Alert #{number} belongs to this incident."


def _case(actor: Actor, incident: Incident, typed: Typed) -> str:
    if not typed.words:
        raise Invalid("Write the number of the case: /case CS-4711.", field="text")
    case = commands.label_case(actor, incident, typed.words, now=typed.now)
    return f"{case.reference} belongs to this incident."


def _plainly(run: Callable[[Actor, Incident, str, dt.datetime], str]) -> Callable[[Actor, Incident, Typed], str]:
    return lambda actor, incident, typed: run(actor, incident, typed.words, typed.now)


def _relief(actor: Actor, incident: Incident, typed: Typed) -> str:
    role, rest = _role(typed.words)
    name, _, ahead = rest.rpartition(" ")
    if not role or not name:
        raise Invalid("Write role, name and time from now: /relief tech lead @mei 2h.", field="text")
    person, at = meant.person_called(name), typed.now + iterating.hours(ahead, field="text")
    commands.plan_relief(actor, incident, role, person, at=at, now=typed.now)
    return f"{person.name} takes over as {rules.role_label(role).lower()}."


def _field(name: str, words: str) -> Callable[[Actor, Incident, Typed], str]:
    def run(actor: Actor, incident: Incident, typed: Typed) -> str:
        if not typed.words:
            raise Invalid(f"Write the {words} after the verb.", field="text")
        fields: dict[str, Any] = {name: typed.words}
        commands.change_fields(actor, incident, now=typed.now, **fields)
        return f"{words.capitalize()} changed."

    return run


def _typed_note(kind: str, words: str, *slashes: str) -> Verb:
    return Verb("note", slashes, "TEXT", words, _note(kind), keeps_files=True)


_READ: Permission = permissions.require_seer
_THEORY = _plainly(loop.finding(iterating.THEORY, "/theory #1 the cache was empty"))
_EXPERIMENT = _plainly(loop.finding(iterating.EXPERIMENT, "/experiment #2 fill the cache on one host"))

VERBS: tuple[Verb, ...] = (
    _typed_note("observation", "Something was seen. Goes to the timeline.", "/observe", "/observation"),
    _typed_note("decision", "Something was decided.", "/decide", "/decision"),
    dataclasses.replace(
        _typed_note("change", "Something was changed; a line “Revert: …” says how to take it back.", "/change"),
        tail="/changes",
        asks=loop.unsaid,
    ),
    _typed_note("escalation", "Somebody else was called in.", "/escalation"),
    _typed_note("communication", "Somebody was told.", "/communication"),
    _typed_note("status", "Where things stand.", "/status"),
    Verb("add-finding", ("/theory",), "[#NUMBER] TEXT", "A theory, of the observation with this number.", _THEORY),
    Verb(
        "add-finding",
        ("/experiment",),
        "#NUMBER TEXT",
        "An experiment that tries this theory.",
        _EXPERIMENT,
    ),
    Verb("conclude", ("/result",), "#NUMBER WORD", "An experiment supports, refutes, or is inconclusive.", _plainly(loop.result)),
    Verb("open-stream", ("/stream",), "TITLE", "Begin a stream of work.", _plainly(loop.stream)),
    Verb("state-revert", ("/revert",), "#NUMBER TEXT", "How a change is taken back.", _plainly(loop.revert)),
    Verb("no-change", ("/same",), "", "Impact and severity have not changed.", _plainly(loop.no_change)),
    Verb("declare-awake", ("/awake",), "HOURS [NAME]", "For how long you have been awake: 14h.", _plainly(loop.awake)),
    Verb("plan-relief", ("/relief",), "ROLE NAME HOURS", "Who takes a role over, and in how many hours.", _relief),
    Verb("findings", ("/theories",), "", "Observations, theories, experiments.", tail="/theories", may=_READ),
    Verb("take-command", ("/take",), "[ROLE]", "Become incident manager, or take the role named.", _take),
    Verb("assign-role", ("/role",), "ROLE NAME", "Give a role to somebody.", _assign),
    Verb("hand-over", ("/handover",), "[ROLE] NAME", "Pass a role of yours on.", _hand_over),
    Verb("offer-role", ("/offer",), "ROLE NAME", "Ask somebody to take a role; it is theirs when they accept.", _offer),
    Verb("release-role", ("/release",), "ROLE", "Give up a role.", _release),
    Verb("set-severity", ("/sev", "/severity"), "1, 2 or 3", "Set or confirm the severity; raising it pages people.", _severity),
    Verb("page", ("/page",), "NAME", "Wake a team, a schedule, the people of a service, or a person, at once.", _page),
    Verb("add-member", ("/invite",), "NAME", "Let somebody see a private incident.", _invite),
    Verb("link-alert", ("/link",), "NUMBER", "Put an alert to this incident.", _link),
    Verb("change", ("/summary",), "TEXT", "Say in other words what the emergency is.", _field("summary", "summary")),
    Verb("change", ("/video",), "ADDRESS", "Set where the video call is.", _field("video_url", "video call")),
    Verb("assess", ("/assess",), "", "What the impact is: six questions.", tail="/assess"),
    Verb("label-case", ("/case",), "REFERENCE", "Label a support case with the key.", _case, may=permissions.require_speaker),
    Verb("set-times", ("/times",), "", "Set the three times.", tail="/times"),
    Verb("post-update", ("/update",), "", "Tell the company and customers.", tail="/update"),
    Verb("resolve", ("/resolve",), "", "Resolve: the emergency is over.", tail="/resolve"),
    Verb("catch-up", ("/catchup", "/catch-up"), "", "What is known, who is what, what happened.", tail="/catch-up", may=_READ),
    Verb("transcript", ("/transcript",), "", "Everything that was said, to keep.", tail="/transcript", may=_READ),
    Verb("verbs", ("/help", "/verbs"), "", "This list.", tail="/verbs", may=_READ),
)


def listed(actor: Actor, incident: Incident) -> list[Verb]:
    """The verbs that the actor may use here."""
    return [verb for verb in VERBS if verb.allows(actor, incident)]
