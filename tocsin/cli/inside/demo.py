"""The body of `demo`."""

from __future__ import annotations

import sys
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
    tocsin alert list
    tocsin oncall now
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
        given = company.ensure(clock.now(), _progress if serve or sys.stderr.isatty() else company.quiet)
        if as_json:
            show_json(given)
        else:
            say(_words(given))
        if serve:
            serving.run(host, port, settings.TOCSIN, lambda: server.open_doors(with_engine=True))


def _words(given: dict[str, Any]) -> str:
    now = clock.now()
    return _TRY.format(
        base_url=given["base_url"].rstrip("/"),
        email=given["admin"]["email"],
        password=given["admin"]["password"],
        key=given["keys"]["alertmanager"],
        token=given["api_token"],
        now=clock.rfc3339(now),
        fingerprint=f"{int(now.timestamp()):x}",
    )


def _progress(what: str, share: float) -> None:
    """One line on standard error, rewritten in place on a terminal."""
    end = "\n" if share >= 1.0 or not sys.stderr.isatty() else ""
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    sys.stderr.write(f"{start}demo company: {what} {share:4.0%}{end}")
    sys.stderr.flush()
