"""Importing this package opens the house: settings are read, Django is set up, every room is loaded, logs are
structured.

`TOCSIN_DATA` must be in the environment before. The modules in here are the bodies of the local verbs; `cli/local.py`
declares those verbs without any of this, so that help and remote verbs stay fast.
"""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings

from tocsin.core.observe import logs
from tocsin.core.secrets import WeakSecret
from tocsin.core.settings import SettingsError


def _open() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
    try:
        django.setup()
    except (SettingsError, WeakSecret, PermissionError, NotADirectoryError) as error:
        sys.stderr.write(f"tocsin: {error}\n")
        raise SystemExit(2) from None
    logs.configure(settings.TOCSIN.log)


_open()
