"""What went wrong at Larkfield in six months: kinds of alerts, and incidents with their causes and actions. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertKind:
    """A recurring alert of a service: name, title with `{n}` for a figure, source severity, weight, minutes."""

    service: str
    name: str
    title: str
    severity: str
    weight: int
    lasts: tuple[int, int]
    figure: tuple[int, int]


ALERTS = (
    AlertKind("Checkout", "HighErrorRate", "checkout-api: 5xx {n} %", "critical", 6, (4, 70), (6, 48)),
    AlertKind("Checkout", "SlowPayments", "checkout-api: p99 {n}00 ms", "critical", 7, (5, 40), (12, 61)),
    AlertKind("Checkout", "QueueGrowing", "checkout-api: {n} thousand payments waiting", "warning", 6, (10, 90), (2, 19)),
    AlertKind("Ledger", "ReplicaLag", "ledger-db: replica {n} s behind", "critical", 9, (3, 55), (31, 240)),
    AlertKind("Ledger", "DiskFilling", "ledger-db: disk {n} % full", "warning", 8, (60, 600), (81, 97)),
    AlertKind("Ledger", "LocksWaiting", "ledger-db: {n} sessions wait for a lock", "critical", 3, (2, 20), (40, 210)),
    AlertKind("Payouts", "BatchLate", "payouts: nightly batch {n} min late", "critical", 4, (20, 180), (15, 120)),
    AlertKind("Search", "HighErrorRate", "search: 5xx {n} %", "critical", 5, (4, 50), (5, 30)),
    AlertKind("Search", "IndexStale", "search: prices {n} min old", "warning", 10, (15, 200), (20, 95)),
    AlertKind("Seat maps", "CacheMisses", "seatmap: cache misses {n} %", "warning", 9, (10, 120), (30, 88)),
    AlertKind("Seat maps", "HighErrorRate", "seatmap: 5xx {n} %", "critical", 4, (4, 45), (5, 33)),
    AlertKind("Screens", "ScreensDark", "screens: {n} of 412 dark", "critical", 6, (8, 160), (9, 140)),
    AlertKind("Event stream", "ConsumerLag", "stream: consumer {n} min behind", "critical", 8, (6, 80), (5, 44)),
    AlertKind("Event stream", "BrokerDown", "stream: broker {n} not answering", "critical", 2, (3, 25), (1, 6)),
    AlertKind("Warehouse", "LoadFailed", "warehouse: load {n} failed", "minor", 10, (30, 400), (100, 999)),
    AlertKind("Code hosting", "BuildsQueued", "git: {n} builds wait", "warning", 8, (10, 100), (40, 260)),
    AlertKind("Code hosting", "CloneErrors", "git: clone errors {n} %", "critical", 3, (5, 60), (4, 40)),
    AlertKind("Search", "NodeReplaced", "search: node {n} was replaced", "info", 6, (1, 3), (1, 12)),
)


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action that followed: title, category, link type."""

    title: str
    category: str
    link_type: str


@dataclass(frozen=True, slots=True)
class Story:
    """An incident that could happen again: what was reported, what was seen, decided and changed, why, and what follows."""

    service: str
    products: tuple[str, ...]
    summary: str
    description: str
    severity: int
    observation: str
    decision: str
    change: str
    revert: str
    cause: str
    action: ActionLine
    second: ActionLine


STORIES = (
    Story(
        "Checkout",
        ("Tickets", "Wallet"),
        "Card payments fail at checkout",
        "About one card payment in eight fails or hangs. Wallet and invoice work. Reach me in the room.",
        1,
        "authorisations fail on hosts with the newest release only, 5xx 38 %",
        "roll back now, evidence is kept",
        "rollback of payments-gateway to the release before, host by host",
        "deploy the newest release again",
        "The token cache is built at start, and nothing stopped a host from taking traffic before it was full.",
        ActionLine("Keep hosts out of rotation until the token cache is full", "prevent_future", "priority"),
        ActionLine("Alert on authorisation rate per issuer, not only on 5xx", "detect", "improvement"),
    ),
    Story(
        "Seat maps",
        ("Tickets",),
        "Seat maps missing for night trains",
        "Night trains to Zürich and Milano show no seats, cached copies are two days old. Call the Booking desk.",
        2,
        "the importer stopped at a carriage type it does not know",
        "import without the unknown carriage, show it as not bookable",
        "importer set to skip unknown carriage types",
        "remove the skip rule",
        "The operator's timetable feed may add carriage types at any time, and one unknown type counted as a broken feed.",
        ActionLine("Import the rest of a feed when one carriage is unknown", "prevent_future", "priority"),
        ActionLine("Show the age of seat maps to the team", "detect", "improvement"),
    ),
    Story(
        "Ledger",
        ("Wallet",),
        "Wallet balances are an hour old",
        "Customers see old balances and top up twice. Support has 20 cases. My number is in the directory.",
        2,
        "the read replica is 70 min behind after a long report",
        "end the report, read from the primary until the replica is back",
        "balance reads switched to the primary",
        "switch balance reads back to the replica",
        "Reports of finance run on the replica that serves customers, and no limit ends them.",
        ActionLine("Give finance a replica of its own", "prevent_future", "priority"),
        ActionLine("End reports after ten minutes on the shared replica", "mitigate_future", "improvement"),
    ),
    Story(
        "Screens",
        ("Station screens",),
        "Departures dark at eleven stations",
        "Screens in eleven stations in the south are black since the morning. Stations announce by voice.",
        2,
        "the screens lost their certificate at midnight",
        "renew the certificate by hand, then find why the renewal did not run",
        "new certificate pushed to 140 screens",
        "push the certificate of last month",
        "The renewal job ran on a host that was switched off in spring, and nothing watches the age of the certificate.",
        ActionLine("Page when a certificate has less than ten days", "detect", "priority"),
        ActionLine("Run the renewal from the scheduler that everybody sees", "prevent_future", "improvement"),
    ),
    Story(
        "Search",
        ("Tickets", "Partner API"),
        "Prices are wrong for connections with a change",
        "Fares with one change are too low by a third. Partners see it too. Ask for me at the Booking desk.",
        1,
        "the fare table of today lacks all rows after column 4096",
        "stop selling fares with a change until the table is whole",
        "sale of fares with a change switched off",
        "switch the sale on again",
        "The export was cut at a limit of the file format and the loader accepts a table that is smaller than yesterday's by half.",
        ActionLine("Refuse a fare table that shrinks by more than 5 %", "prevent_future", "priority"),
        ActionLine("Compare ten fares with the operator each morning", "detect", "improvement"),
    ),
    Story(
        "Event stream",
        ("Tickets", "Partner API"),
        "Bookings reach partners late",
        "Partners get bookings half an hour late, customers hold tickets that gates do not know.",
        2,
        "one consumer restarts every two minutes and takes the others along",
        "take the restarting consumer out of the group",
        "consumer gate-eu-2 removed from the group",
        "add gate-eu-2 again",
        "A message of 12 MB made one consumer run out of memory, and each restart redistributed all partitions.",
        ActionLine("Refuse messages above 1 MB at the producer", "prevent_future", "priority"),
        ActionLine("Set messages aside that fail three times", "mitigate_future", "improvement"),
    ),
    Story(
        "Payouts",
        ("Partner API",),
        "Partners were not paid last night",
        "The nightly payout did not run, 214 partners are waiting. Finance asks for an hour by which it is done.",
        2,
        "the batch waits for a lock of the migration from the evening",
        "stop the migration, run the batch now",
        "migration cancelled, batch started by hand",
        "start the migration in the next window",
        "Migrations and the batch share a window, and neither knows of the other.",
        ActionLine("Give migrations a window that excludes the batch", "prevent_future", "priority"),
        ActionLine("Tell finance by mail when the batch is 15 min late", "detect", "improvement"),
    ),
    Story(
        "Code hosting",
        (),
        "Nobody can push code",
        "Pushes and builds fail for every team since the upgrade. No customer notices anything yet.",
        2,
        "the new version cannot read keys of an old kind",
        "go back to the version before, move keys next week",
        "code hosting set back to the version of yesterday",
        "upgrade again",
        "The upgrade was tried with keys of new people only.",
        ActionLine("Try upgrades with a copy of real keys", "prevent_future", "priority"),
        ActionLine("Write to owners of old keys", "mitigate_future", "improvement"),
    ),
    Story(
        "Warehouse",
        (),
        "Occupancy report shows zeros",
        "The report of yesterday shows zero passengers on all lines. Planning can wait until noon.",
        3,
        "the load ran before the stream of the day was closed",
        "load the day again",
        "load of yesterday repeated",
        "none needed",
        "The load starts at a fixed hour and does not ask whether the day is complete.",
        ActionLine("Start the load when the day is closed, not at an hour", "prevent_future", "improvement"),
        ActionLine("Mark reports that cover an open day", "detect", "improvement"),
    ),
    Story(
        "Checkout",
        ("Tickets",),
        "Receipts arrive without a total",
        "Receipts by mail lack the total for payments in two currencies. Payments themselves are right.",
        3,
        "the template looks for a field that was renamed",
        "mend the template, send the 340 receipts again",
        "template of receipts set to the new field",
        "set the template back",
        "Templates are not part of the build that renames fields.",
        ActionLine("Render every template in the build", "prevent_future", "improvement"),
        ActionLine("Repair the 340 receipts", "repair", "improvement"),
    ),
)
