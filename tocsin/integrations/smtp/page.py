"""Pages by mail."""

from __future__ import annotations

import datetime as dt

from tocsin.core.errors import Invalid
from tocsin.core.net import mail
from tocsin.core.ports import Delivery
from tocsin.core.ports import mail as transport
from tocsin.paging.ports import PageMessage


class Channel:
    """Carries pages for contact methods of the kind `email`, through whichever mail transport is wired."""

    def send(self, message: PageMessage, *, now: dt.datetime) -> Delivery:
        """One message; its Message-ID is the same however often the attempt is repeated."""
        loud = message.urgency == "high"
        try:
            built = mail.build(
                sender=mail.sender(),
                to=message.to,
                subject=mail.one_line(message.subject),
                text=message.text if message.link in message.text else f"{message.text}\n\n{message.link}\n",
                message_id=mail.message_id(message.idempotency_key),
                now=now,
                headers={"X-Priority": "1", "Importance": "high"} if loud else {},
            )
        except Invalid as error:
            return Delivery(ok=False, answer=error.detail, permanent=error.field == "to")
        return transport.send(built)
