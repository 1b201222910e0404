"""Bringing the tables up to date before anything else runs."""

from __future__ import annotations

from typing import cast

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from tocsin.core.store import db


def pending() -> list[str]:
    """Names of migrations not yet applied, `room.0001_initial`, in order."""
    return [f"{migration.app_label}.{migration.name}" for migration in _plan(MigrationExecutor(connection))]


def bring_up_to_date() -> list[str]:
    """Apply what is pending; with several nodes on one PostgreSQL the others wait. Returns what was applied."""
    if not pending():
        return []
    with db.one_at_a_time("migrate"):
        names = pending()
        if names and not connection.introspection.table_names():
            _lay_out()
        elif names:
            call_command("migrate", verbosity=0, interactive=False)
    return names


def _plan(executor: MigrationExecutor) -> list[Migration]:
    return [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _lay_out() -> None:
    """Make the tables of an empty store as they are today, with the rows that migrations put there: all at once or not at all.

    To go through their history takes ten seconds of a processor. `tests/acceptance/test_schema.py` compares both (decision 23).
    """
    executor = MigrationExecutor(connection)
    plan = _plan(executor)
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        executor.recorder.ensure_schema()
        for migration in plan:
            for operation in migration.operations:
                if isinstance(operation, RunPython):
                    operation.code(cast(StateApps, apps), editor)  # they ask it for models alone
            executor.recorder.record_applied(migration.app_label, migration.name)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
