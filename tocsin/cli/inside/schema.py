"""Bringing the tables up to date before anything else runs."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tocsin.core.store import db


def pending() -> list[str]:
    """Names of migrations not yet applied, `room.0001_initial`, in order."""
    executor = MigrationExecutor(connection)
    return [
        f"{migration.app_label}.{migration.name}" for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]


def bring_up_to_date() -> list[str]:
    """Apply what is pending; with several nodes on one PostgreSQL the others wait. Returns what was applied."""
    if not pending():
        return []
    with db.one_at_a_time("migrate"):
        names = pending()
        if names:
            call_command("migrate", verbosity=0, interactive=False)
    return names
