"""The only writers of this room: what sources say, what people answer, the keys of the doors."""

from tocsin.alerts.commands.answers import acknowledge, resolve
from tocsin.alerts.commands.changes import record_change
from tocsin.alerts.commands.history import PastAlert, bring_history
from tocsin.alerts.commands.intake import Arrival, give_up, receive, understand
from tocsin.alerts.commands.keys import create_key, revoke_key
from tocsin.alerts.commands.triggers import apply, open_by_hand, trigger

__all__ = (
    "Arrival",
    "PastAlert",
    "acknowledge",
    "apply",
    "bring_history",
    "create_key",
    "give_up",
    "open_by_hand",
    "receive",
    "record_change",
    "resolve",
    "revoke_key",
    "trigger",
    "understand",
)
