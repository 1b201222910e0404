"""Everything that `tocsin serve` reads, in memory. Importing this opens the house on an empty folder; `forked` starts from it."""

from __future__ import annotations

import os
import sys
import tempfile

for name in [one for one in os.environ if one.startswith(("TOCSIN_", "DJANGO_"))]:
    del os.environ[name]
with tempfile.TemporaryDirectory() as folder:
    os.environ["TOCSIN_DATA"] = folder
    from django.conf import empty, settings
    from django.db import connections

    import tocsin.cli.inside.serve
    import tocsin.cli.local
    import tocsin.cli.serving
    import tocsin.urls  # noqa: F401
    from tocsin.cli.app import main

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
