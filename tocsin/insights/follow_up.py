"""What is left to do after an incident: postmortem, clean-up, customers to speak to, status pages that still speak."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.core.actor import Actor
from tocsin.incidents import queries as incidents
from tocsin.incidents.cleanup import queries as cleanup
from tocsin.incidents.cleanup.models import RemoteTask
from tocsin.incidents.models import Incident, SupportCase
from tocsin.postmortems import queries as postmortems
from tocsin.postmortems.models import Action, Postmortem
from tocsin.statuspages import queries as statuspages
from tocsin.statuspages.mirrors import queries as mirrors
from tocsin.statuspages.mirrors.models import MirroredEntry
from tocsin.statuspages.models import Entry


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Everything that follows an incident, done or not, in the order in which it hurts when it is forgotten."""

    entries: list[Entry]
    """What status pages still say, with why."""
    mirrored: list[MirroredEntry]
    """What pages elsewhere still say although ours do not."""
    postmortem: Postmortem | None
    actions: list[Action]
    tasks: list[RemoteTask]
    cases: list[SupportCase]

    @property
    def open_actions(self) -> list[Action]:
        return [one for one in self.actions if one.state == Action.OPEN]

    @property
    def open_tasks(self) -> list[RemoteTask]:
        return [one for one in self.tasks if one.state == RemoteTask.OPEN]

    @property
    def unheard(self) -> list[SupportCase]:
        """Cases whose customer has not heard how it ended."""
        return [one for one in self.cases if one.followed_up_at is None]

    @property
    def writing(self) -> bool:
        """Whether the postmortem is still on its way."""
        return self.postmortem is not None and self.postmortem.state != Postmortem.PUBLISHED

    @property
    def open(self) -> int:
        """How many things are left."""
        left = (self.entries, self.mirrored, self.open_actions, self.open_tasks, self.unheard)
        return sum(len(one) for one in left) + self.writing


def follow_up(actor: Actor, incident: Incident) -> FollowUp:
    """Of an incident that the actor may see, at any time of its life; six queries."""
    return FollowUp(
        entries=statuspages.left_open(incident),
        mirrored=mirrors.left_open(incident),
        postmortem=postmortems.by_incident(actor, incident),
        actions=list(postmortems.actions(actor, incident=incident)),
        tasks=list(cleanup.tasks(actor, incident)),
        cases=list(incidents.cases(actor, incident)),
    )
