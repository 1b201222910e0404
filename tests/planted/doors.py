"""The ways in that the API's description does not list: alerts of other programs, names of files."""

from __future__ import annotations

import json

from tests.acceptance.installation import Answer, call
from tests.browser.site import Site
from tests.planted.ground import anew

_EDGE = "planted-planted"


def knock(site: Site, incident: str, value: str) -> list[Answer]:
    """Words as an alert of Alertmanager, as one of any program, and as a file's name and its content."""
    return [_alertmanager(site, value), _generic(site, value), _file(site, incident, value)]


def _alertmanager(site: Site, value: str) -> Answer:
    labels = {"alertname": value, "severity": "critical", "instance": value}
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": value, "description": value, "runbook_url": value},
        "startsAt": "2026-11-20T09:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": value,
        "fingerprint": f"{anew():016x}",
    }
    return _sent(
        site, "alertmanager", {"version": "4", "status": "firing", "receiver": value, "externalURL": value, "alerts": [alert]}
    )


def _generic(site: Site, value: str) -> Answer:
    return _sent(site, "generic", {"title": value[:400], "description": value, "dedup_key": f"planted {anew()}"})


def _sent(site: Site, door: str, document: object) -> Answer:
    headers = {"Content-Type": "application/json"}
    return call("POST", f"{site.url}/in/{site.demo['keys'][door]}/{door}", json.dumps(document).encode(), headers)


def _file(site: Site, incident: str, value: str) -> Answer:
    name = value[:200].replace("\\", "\\\\").replace('"', '\\"').replace("\r", "%0D").replace("\n", "%0A")
    head = f'--{_EDGE}\r\nContent-Disposition: form-data; name="files"; filename="{name}.html"\r\nContent-Type: text/html\r\n\r\n'
    text = f'\r\n--{_EDGE}\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
    body = f"{head}{value}{text}{value}\r\n--{_EDGE}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={_EDGE}", "Authorization": f"Bearer {site.demo['api_token']}"}
    return call("POST", f"{site.url}/api/v1/incidents/{incident}/attach", body, headers)
