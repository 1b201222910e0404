"""Everything that `tocsin serve` reads, in memory. Importing this opens the house on an empty folder; `forked` starts from it."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from pathlib import Path

for name in [one for one in os.environ if one.startswith(("TOCSIN_", "DJANGO_"))]:
    del os.environ[name]
with tempfile.TemporaryDirectory() as empty_folder:
    os.environ["TOCSIN_DATA"] = empty_folder
    from django.conf import empty, settings
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader
    from django.template import engines
    from django.urls import get_resolver

    import tocsin.cli.inside.serve
    import tocsin.cli.local
    import tocsin.cli.serving
    import tocsin.urls  # noqa: F401
    from tocsin import web
    from tocsin.cli.app import main

    MigrationLoader(None, ignore_no_migrations=True)
    get_resolver("tocsin.urls").reverse_dict  # noqa: B018  (puts it together)
    for template in (folder := Path(web.__path__[0], "templates")).rglob("*.html"):
        engines["django"].get_template(str(template.relative_to(folder)))
gc.freeze()
"""What was read stays where it is: a child that looks through it for waste would copy it."""

__all__ = ["forget_settings", "main"]


def forget_settings() -> None:
    """The settings are read anew by whoever asks next. Models have asked what the store is, nobody has spoken with it."""
    for alias in connections:
        assert connections[alias].connection is None, "somebody opened the store while the house was read"
        del connections[alias]
    vars(connections).pop("settings")
    connections._settings = None
    sys.modules.pop("tocsin.settings")
    settings._wrapped = empty
