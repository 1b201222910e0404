"""Who is on call at an instant: pure, over plain values. One function answers screens, API, CLI, feeds, proof and pager."""

from tocsin.oncall.rules.layers import Change, LayerRule, Slot, Stretch, Window, is_open
from tocsin.oncall.rules.schedules import HORIZON, Compiled, Cover, OverrideRule, ScheduleRule, clipped, joined
from tocsin.oncall.rules.zones import clock_of, data_version, instant, instant_of, is_zone, seconds, wall_seconds, zone_of

__all__ = [
    "HORIZON",
    "Change",
    "Compiled",
    "Cover",
    "LayerRule",
    "OverrideRule",
    "ScheduleRule",
    "Slot",
    "Stretch",
    "Window",
    "clipped",
    "clock_of",
    "data_version",
    "instant",
    "instant_of",
    "is_open",
    "is_zone",
    "joined",
    "seconds",
    "wall_seconds",
    "zone_of",
]
