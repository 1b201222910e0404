"""Changes and streams of work were rows of the state document's tables; they are rows of the incident now."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _move(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("collab", "TableRow").objects.filter(table__in=("changes", "streams")).select_related("document")
    incidents = apps.get_model("incidents", "Incident").objects
    places: dict[tuple[str, str], int] = {}
    for row in rows.order_by("at", "id"):
        subject, table = row.document.subject, row.table
        if not incidents.filter(pk=subject).exists():
            continue
        places[subject, table] = places.get((subject, table), 0) + 1
        given = {"incident_id": subject, "number": places[subject, table]}
        if table == "changes":
            _change(apps, row, given)
        else:
            _stream(apps, row, given)


def _change(apps: Any, row: Any, given: dict[str, Any]) -> None:
    cells = row.cells
    when = f" ({cells['when']})" if cells.get("when") else ""
    words = {name: cells.get(name, "") for name in ("why", "how", "revert")}
    what = (cells.get("what") or cells.get("how") or "a change") + when
    apps.get_model("incidents", "Change").objects.create(
        what=what, who=cells.get("who", "")[:200], at=row.at, by_id=row.author_id, **words, **given
    )


def _stream(apps: Any, row: Any, given: dict[str, Any]) -> None:
    cells = row.cells
    step = ": ".join(part for part in (cells.get("who", ""), cells.get("now", "")) if part)
    title = (cells.get("stream") or cells.get("now") or "Stream of work")[:120]
    stamps = {"created_at": row.at, "updated_at": row.at}
    apps.get_model("incidents", "Stream").objects.create(title=title, step=step, next_steps=cells.get("next", ""), **stamps, **given)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0007_iterate"), ("collab", "0004_room")]

    operations = [migrations.RunPython(_move, migrations.RunPython.noop)]
