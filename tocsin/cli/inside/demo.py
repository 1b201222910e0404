"""The body of `demo`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from tocsin.cli import serving
from tocsin.cli.answers import say, show_json
from tocsin.cli.inside import serve as server
from tocsin.cli.inside.accounts import answering
from tocsin.cli.inside.store import locked, prepare
from tocsin.core import clock
from tocsin.demo import commands as company

_TRY = """
    Tocsin with the demo company:  {base_url}

    Sign in as   {email}
    Password     {password}

Send an alert and see the page arrive (sign in, then Mailbox; or set TOCSIN_SMTP_URL):

    curl -i {base_url}/in/{key}/alertmanager -H 'Content-Type: application/json' -d '
      {{"version":"4","status":"firing","receiver":"tocsin","alerts":[{{"status":"firing",
        "labels":{{"alertname":"CheckoutErrors","severity":"critical"}},
        "annotations":{{"summary":"Checkout: every fifth payment fails"}},
        "startsAt":"{now}","fingerprint":"{fingerprint}"}}]}}'

Then: open the page's link and acknowledge; declare an incident from the alert; take command; confirm the severity; post the
first update; resolve with the impact times; look at TTD and TTR; open the postmortem; give one action an owner and a date.

The same from a shell:

    export TOCSIN_URL={base_url} TOCSIN_TOKEN={token}
    {tocsin} alert list
    {tocsin} oncall now
"""


def run(*, as_json: bool, remove: bool, serve: bool, host: str, port: int) -> None:
    """Make, refresh or remove the demo company; with `serve` then serve it under the same lock."""
    if serve:
        serving.check_bind(settings.TOCSIN, host)
    with locked(), answering():
        prepare()
        if remove:
            gone = company.remove(clock.now())
            show_json(gone) if as_json else say("The demo company is gone.")
            return
        given = company.ensure(clock.now(), _Progress() if serve or sys.stderr.isatty() else company.quiet)
        if as_json:
            show_json(given)
        else:
            say(_words(given))
        if serve:
            serving.run(host, port, settings.TOCSIN, lambda: server.open_doors(with_engine=True))


def _words(given: dict[str, Any]) -> str:
    now = clock.now()
    return _TRY.format(
        tocsin=_command(),
        base_url=given["base_url"].rstrip("/"),
        email=given["admin"]["email"],
        password=given["admin"]["password"],
        key=given["keys"]["alertmanager"],
        token=given["api_token"],
        now=clock.rfc3339(now),
        fingerprint=f"{int(now.timestamp()):x}",
    )


def _command() -> str:
    """How this command is called from where it was called: a checkout has it in `.venv/bin`, which is on nobody's path."""
    if shutil.which("tocsin"):
        return "tocsin"
    return os.path.relpath(Path(sys.executable).parent / "tocsin")


class _Progress:
    """One line on standard error, rewritten in place on a terminal; elsewhere a line for each piece of work."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, what: str, share: float) -> None:
        if sys.stderr.isatty():
            end = "\n" if share >= 1.0 else ""
            sys.stderr.write(f"\r\x1b[Kdemo company: {what} {share:4.0%}{end}")
        elif what != self._last:
            sys.stderr.write(f"demo company: {what}\n")
        self._last = what
        sys.stderr.flush()
