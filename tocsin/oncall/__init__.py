"""Who answers for a service at an instant: schedules, rotations, overrides, escalation policies, the last resort."""
