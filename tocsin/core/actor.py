"""Who does something. Every command takes an actor first, every event names one."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a token acting for one, or the system itself.

    `id` is the person's id (`per_…`), or `system`. `roles` are installation-wide words (`administrator`, `responder`,
    `stakeholder`); `manages` and `member_of` hold team ids. `scopes` limits a token; None means everything its person may do.
    `via` says by which door: `web`, `api`, `cli`, `link`, `engine`.
    """

    id: str
    name: str
    roles: frozenset[str] = frozenset()
    manages: frozenset[str] = frozenset()
    member_of: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    via: str = "web"
    zone: str = field(default="UTC", compare=False)

    @property
    def is_system(self) -> bool:
        return self.id == "system"

    @property
    def is_administrator(self) -> bool:
        return "administrator" in self.roles or self.is_system


SYSTEM = Actor(id="system", name="Tocsin", roles=frozenset({"administrator", "responder"}), via="engine")
