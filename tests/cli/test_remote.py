"""The remote verbs against a server that answers what the test wants."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from typer.testing import CliRunner

from tocsin.cli.app import app

ALERT = {"number": 7, "status": "acknowledged", "title": "Down", "service": "shop"}


@dataclass
class Fake:
    """Answers in the order given; the last one for ever. None: it hangs up without a word."""

    url: str = ""
    answers: list[tuple[int, Any] | None] = field(default_factory=lambda: [(200, ALERT)])
    heard: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)

    def next(self) -> tuple[int, Any] | None:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def fake() -> Iterator[Fake]:
    state = Fake()

    class Handler(http.server.BaseHTTPRequestHandler):
        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.heard.append((self.command, self.path, dict(self.headers), json.loads(body) if body else None))
            answer = state.next()
            if answer is None:
                self.connection.close()
                return
            raw = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("ETag", '"one"')
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = serve

        def log_message(self, format: str, *args: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


def run(fake: Fake, *arguments: str, token: str = "tcs_x") -> Any:
    return CliRunner().invoke(app, [*arguments, "--url", fake.url], env={"TOCSIN_TOKEN": token})


@pytest.mark.parametrize(
    ("status", "code"),
    [(200, 0), (201, 0), (400, 2), (422, 2), (401, 5), (403, 5), (404, 1), (409, 3), (412, 3), (428, 2), (500, 4), (503, 4)],
)
def test_a_status_becomes_an_exit_code(fake: Fake, status: int, code: int) -> None:
    fake.answers = [(status, ALERT if status < 300 else {"status": status, "detail": "No.", "field": "title"})]
    done = run(fake, "alert", "acknowledge", "7")
    assert done.exit_code == code
    assert done.stdout == ("#7 acknowledged: Down (shop)\n" if code == 0 else "")
    assert done.stderr == ("" if code == 0 else "tocsin: title: No.\n")


def test_nobody_there_no_token_and_no_address() -> None:
    nobody = Fake(url="http://127.0.0.1:1")
    assert run(nobody, "alert", "list").exit_code == 4
    assert run(nobody, "alert", "list", token="").exit_code == 2
    assert run(Fake(url="nonsense"), "alert", "list").exit_code == 2
    assert run(nobody, "alert", "nosuch").exit_code == 2


def test_a_broken_line_is_tried_once_more_with_the_same_key(fake: Fake) -> None:
    fake.answers = [None, (200, ALERT)]
    assert run(fake, "alert", "acknowledge", "7").exit_code == 0
    first, again = fake.heard
    assert first[2]["Idempotency-Key"] == again[2]["Idempotency-Key"]
    assert first[2]["Authorization"] == "Bearer tcs_x"


def test_an_answer_that_is_not_of_ours_is_not_reachable(fake: Fake) -> None:
    fake.answers = [(502, "Bad gateway")]
    assert run(fake, "alert", "list").exit_code == 4


def test_a_list_is_read_page_by_page(fake: Fake) -> None:
    fake.answers = [(200, {"items": [ALERT] * 200, "next": "abc"}), (200, {"items": [ALERT] * 50, "next": "def"})]
    done = run(fake, "alert", "list", "--limit", "250", "--status", "open", "--json")
    assert len(json.loads(done.stdout)["items"]) == 250
    assert [path for _, path, _, _ in fake.heard] == [
        "/api/v1/alerts?status=open&limit=200",
        "/api/v1/alerts?status=open&limit=50&cursor=abc",
    ]


def test_a_table_is_plain_when_it_is_piped(fake: Fake) -> None:
    fake.answers = [(200, {"items": [{**ALERT, "acknowledged_by": {"id": "per_1", "name": "Ana\tB"}}], "next": None})]
    done = run(fake, "alert", "list")
    assert done.stdout == "7\tacknowledged\t\tshop\tDown\t\tAna B\t\n"


def test_a_change_carries_the_version_it_was_made_on(fake: Fake) -> None:
    fake.answers = [(200, {"slug": "shop", "name": "Shop"})]
    assert run(fake, "service", "change", "shop", "--name", "Shop 2").exit_code == 0
    method, path, headers, body = fake.heard[-1]
    assert (method, path, body) == ("PATCH", "/api/v1/services/shop", {"name": "Shop 2"})
    assert headers["If-Match"] == '"one"'


def test_names_cannot_leave_their_place_in_the_address(fake: Fake) -> None:
    run(fake, "alert", "acknowledge", "../people/x?y")
    assert fake.heard[0][1] == "/api/v1/alerts/..%2Fpeople%2Fx%3Fy/acknowledge"


def test_instants_are_written_as_people_say_them(fake: Fake) -> None:
    fake.answers = [(200, {"key": "HOT-1", "state": "fixing", "severity": 1, "summary": "x"})]
    run(fake, "incident", "set-times", "HOT-1", "--impact-started=-40m", "--detected", "2026-11-19T01:41:00+01:00")
    body = fake.heard[0][3]
    assert body["detected_at"] == "2026-11-19T00:41:00Z"
    assert body["impact_started_at"].endswith("Z")
    assert "impact_ended_at" not in body
    assert run(fake, "incident", "set-times", "HOT-1", "--detected", "yesterday").exit_code == 2


def test_nobody_on_call_is_the_answer_no(fake: Fake) -> None:
    gap = {"at": "2026-11-19T00:41:00Z", "people": [], "gap": True, "until": None}
    fake.answers = [(200, {"items": [{"id": "sch_1", "slug": "pay", "team": "payments"}], "next": None}), (200, gap)]
    done = run(fake, "oncall", "who", "payments")
    assert done.exit_code == 1
    assert done.stdout == "nobody\n"
    assert fake.heard[-1][1] == "/api/v1/schedules/sch_1/on-call"


def test_an_update_takes_drafts_and_confirms_once(fake: Fake) -> None:
    drafts = {"internal": {"title": "T", "body": "inside"}, "external": {"title": "E", "body": "outside"}}
    published = {"already": False, "updates": [{"page": "internal", "slug": "internal"}, {"page": "external", "slug": "external"}]}
    fake.answers = [(200, drafts), (200, published)]
    done = run(fake, "update", "post", "HOT-1", "--internal", "-", "--external", "We look into it.", "--next", "20m")
    assert done.stdout == "Published on internal and external.\n"
    body = fake.heard[-1][3]
    assert body["internal"] == drafts["internal"]
    assert body["external"] == {"body": "We look into it."}
    assert run(fake, "update", "post", "HOT-1").exit_code == 2


def test_an_update_that_waits_says_when_and_is_taken_back(fake: Fake) -> None:
    held = {"id": "hld_1", "pages": ["external"], "due_at": "2026-11-20T18:00:00Z", "state": "held"}
    fake.answers = [(201, held), (200, held | {"state": "taken_back"})]
    done = run(fake, "update", "post", "HOT-1", "--external", "It works.", "--next", "2h", "--at", "2026-11-20T18:00:00Z")
    assert done.stdout == "Confirmed. It goes out on external at 2026-11-20T18:00:00Z: hld_1\n"
    assert fake.heard[-1][1] == "/api/v1/incidents/HOT-1/hold-update"
    assert run(fake, "update", "take-back", "HOT-1", "hld_1").stdout == "Taken back; nobody has read it: hld_1\n"


def test_where_nothing_comes_back_the_sentence_stands_alone(fake: Fake) -> None:
    fake.answers = [(204, None)]
    assert run(fake, "incident", "unlink", "HOT-1", "lnk_1").stdout == "the link is taken back\n"


def test_a_follow_up_takes_its_parts_from_the_draft_and_the_line(fake: Fake) -> None:
    inside = {"title": "T", "body": "", "opening": "Old.", "next_steps": ["a", "b"], "place": "here", "answers": {"eta": "noon"}}
    published = {"already": False, "updates": [{"page": "internal", "slug": "internal"}], "hints": []}
    fake.answers = [(200, {"internal": inside, "external": {}}), (200, published)]
    parts = ["--opening", "New.", "--current", "c", "--current", "d", "--answer", "root_cause=unknown", "--accept", "opening"]
    run(fake, "update", "post", "HOT-1", *parts, "--next", "20m")
    sent = fake.heard[-1][3]["internal"]
    assert (sent["opening"], sent["current_status"], sent["next_steps"]) == ("New.", ["c", "d"], ["a", "b"])
    assert (sent["answers"], sent["accepted"]) == ({"eta": "noon", "root_cause": "unknown"}, ["opening"])
    assert run(fake, "update", "post", "HOT-1", "--answer", "root_cause").exit_code == 2


def test_a_proof_that_fails_is_the_answer_no(fake: Fake) -> None:
    finding = {"service": "shop", "urgencies": ["high", "low"], "fails": True, "words": "Sun 29 Mar 2026, Shop: nobody"}
    fake.answers = [(200, {"proven": False, "services": 2, "days": 400, "findings": [finding]})]
    done = run(fake, "oncall", "prove", "--service", "shop")
    assert done.exit_code == 1
    assert done.stdout == (
        "FAILS   Sun 29 Mar 2026, Shop: nobody (high and low urgency)\n2 services, 400 days: 1 of them page nobody at some time.\n"
    )
    assert fake.heard[0][1] == "/api/v1/on-call/proof?service=shop"
    assert run(fake, "oncall", "prove", "--json").exit_code == 1
    fake.answers = [(200, {"proven": True, "services": 1, "days": 400, "findings": []})]
    done = run(fake, "oncall", "prove")
    assert (done.exit_code, done.stdout) == (0, "1 service, 400 days: every alert ends at somebody.\n")


def test_who_would_be_paged_is_a_table(fake: Fake) -> None:
    ways = [{"name": "mail", "delay_minutes": 0, "proven": True}, {"name": "phone", "delay_minutes": 5, "proven": True}]
    first = {"at": "2026-12-25T03:00:00Z", "step": 1, "counts": True, "targets": ["Payments"]}
    last = {"at": "2026-12-25T03:05:00Z", "step": 0, "counts": True, "targets": ["Managers"], "people": []}
    fake.answers = [(200, {"places": [first | {"people": [{"person": {"name": "Ana"}, "ways": ways}]}, last]})]
    done = run(fake, "oncall", "at", "shop", "--at", "2026-12-25T03:00:00Z", "--urgency", "low")
    assert done.stdout == (
        "2026-12-25T03:00:00Z\tstep 1\tPayments\tAna by mail, phone after 5 min\n"
        "2026-12-25T03:05:00Z\tlast resort\tManagers\tnobody\n"
    )
    assert fake.heard[0][1] == "/api/v1/services/shop/would-page?at=2026-12-25T03%3A00%3A00Z&urgency=low"


def test_the_load_is_a_table(fake: Fake) -> None:
    fake.answers = [(200, [{"person": {"name": "Ana"}, "hours": 168.0, "night_hours": 56.5, "weekend_hours": 48.0}])]
    done = run(fake, "oncall", "load", "--since", "2026-11-02T00:00:00Z", "--schedule", "payments")
    assert done.stdout == "Ana\t168.0\t56.5\t48.0\n"
    assert fake.heard[0][1] == "/api/v1/on-call/load?since=2026-11-02T00%3A00%3A00Z&schedule=payments"


def test_the_steps_of_a_policy_name_schedules_people_teams_and_webhooks(fake: Fake) -> None:
    fake.answers = [(201, {"slug": "p", "name": "P"})]
    done = run(fake, "policy", "create", "P", "--team", "db", "--step", "night,ana@example.com,team=db,webhook=chat:7")
    assert done.exit_code == 0, done.output
    targets = [{"schedule": "night"}, {"person": "ana@example.com"}, {"team": "db"}, {"webhook": "chat"}]
    assert fake.heard[-1][3]["steps"] == [{"wait_minutes": 7, "targets": targets}]


def test_a_webhook_is_made_and_its_secret_printed(fake: Fake) -> None:
    fake.answers = [(201, {"slug": "chat", "name": "Chat", "secret": "whsec_x"})]
    done = run(fake, "webhook", "create", "Chat", "--team", "db", "--address", "https://hooks.example.com/x")
    assert done.stdout == "chat: Chat, secret whsec_x\n"
    made = {"name": "Chat", "team": "db", "address": "https://hooks.example.com/x", "slug": "", "events": [], "private": False}
    assert fake.heard[-1][3] == made


def test_the_log_is_read_with_what_is_different_in_words(fake: Fake) -> None:
    event = {"at": "2026-11-20T09:00:00Z", "actor_name": "Mia", "name": "policy.changed", "subject": "pol_x"}
    fake.answers = [(200, {"items": [{**event, "changes": ["step 2: delay 5 → 10 min"]}], "next": None})]
    done = run(fake, "event", "list", "--about", "policy.")
    assert done.stdout == "2026-11-20T09:00:00Z Mia policy.changed: step 2: delay 5 → 10 min\n"


def test_an_override_is_for_nobody_only_when_that_is_said(fake: Fake) -> None:
    answer = {"id": "ovr_1", "person": None, "rotation": "rot_1", "starts_at": "A", "ends_at": "B"}
    fake.answers = [(201, answer)]
    span = ("--from", "2030-01-05T09:00:00Z", "--to", "2030-01-06T09:00:00Z")
    for wrong in ((), ("--person", "a@example.com", "--nobody"), ("--nobody", "--layer", "")):
        assert run(fake, "schedule", "add-override", "primary", *span, *wrong).exit_code == 2
    assert fake.heard == []
    done = run(fake, "schedule", "add-override", "primary", *span, "--nobody", "--layer", "rot_1")
    assert done.stdout == "ovr_1: nobody, on purpose, from A to B in one layer\n"
    body = fake.heard[-1][3]
    assert (body["person"], body["rotation"]) == (None, "rot_1")
    assert run(fake, "schedule", "add-override", "primary", *span, "--person", "").exit_code == 0
    assert fake.heard[-1][3]["person"] == "", "for the server to refuse"
    assert run(fake, "schedule", "remove-override", "primary", "ovr_1").exit_code == 0
    assert fake.heard[-1][:2] == ("POST", "/api/v1/schedules/primary/overrides/ovr_1/remove")


def test_a_service_is_without_a_policy_only_when_that_is_said(fake: Fake) -> None:
    fake.answers = [(200, {"slug": "shop", "name": "Shop"})]
    assert run(fake, "service", "change", "shop", "--name", "Shop", "--without", "policy").exit_code == 0
    assert fake.heard[-1][3] == {"name": "Shop", "policy": None}


LAYER = {
    "id": "rot_1",
    "name": "Night",
    "zone": "Europe/Vienna",
    "starts_on": "2026-11-23",
    "handover_time": "09:00:00",
    "unit": "days",
    "lengths": [4, 3],
    "anchor": "date",
    "windows": [{"days": [0, 4, 5, 6], "from": "22:00", "to": "06:00"}],
    "by_calendar": False,
    "ends_at": None,
    "members": [[{"id": "per_1", "name": "Ana"}, {"id": "per_2", "name": "Ben"}], []],
}


@pytest.mark.req("PAG-11")
def test_a_layer_has_shared_turns_turns_of_nobody_and_hours(fake: Fake) -> None:
    fake.answers = [(200, {"slug": "payments", "name": "Payments"})]
    turns = ("--member", "a@example.com + b@example.com", "--member", "nobody")
    run(fake, "schedule", "add-rotation", "payments", *turns, "--starts-on", "2026-11-23", "--hours", "Fri-Mon 22:00-06:00")
    body = fake.heard[-1][3]
    assert body["members"] == [["a@example.com", "b@example.com"], []]
    assert body["windows"] == [{"days": [4, 5, 6, 0], "from": "22:00", "to": "06:00"}]
    for wrong in ("mon-fri", "Mon-Xyz 09:00-10:00", "Mon 9-10"):
        refused = run(fake, "schedule", "add-rotation", "payments", *turns, "--starts-on", "2026-11-23", "--hours", wrong)
        assert refused.exit_code == 2
        assert "--hours takes" in refused.stderr


@pytest.mark.req("PAG-11")
def test_what_is_left_out_of_a_changed_layer_stays(fake: Fake) -> None:
    fake.answers = [(200, {"items": [LAYER], "next": None}), (200, {**LAYER, "windows": []})]
    done = run(fake, "schedule", "change-rotation", "payments", "rot_1", "--hours", "always", "--handover", "10:00")
    assert done.stdout == "rot_1\tNight\tAna + Ben, nobody\t4 and 3 days\t09:00\t\tEurope/Vienna\n"
    kept = {name: value for name, value in LAYER.items() if name != "id"}
    changed = {"windows": [], "handover_time": "10:00", "members": [["per_1", "per_2"], []]}
    body = fake.heard[-1][3]
    assert {**kept, **changed, "ends_at": body.get("ends_at")} == {**body, "ends_at": body.get("ends_at")}
    fake.answers = [(200, {"items": [LAYER], "next": None})]
    assert run(fake, "schedule", "change-rotation", "payments", "rot_9", "--name", "x").exit_code == 1


def test_a_file_of_subscribers_is_written_as_the_server_made_it(fake: Fake) -> None:
    fake.answers = [(200, {"csv": "address,parts,state,since\r\n'=1+1@example.com,,confirmed,2026-11-20\r\n"})]
    done = run(fake, "subscribers", "export")
    assert done.stdout.splitlines()[1] == "'=1+1@example.com,,confirmed,2026-11-20"
    assert fake.heard[-1][1] == "/api/v1/subscribers/export"
