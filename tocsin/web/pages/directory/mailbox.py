"""The built-in mailbox: what would have been mailed, where no mail server is configured and the demo company is in."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from tocsin.core.errors import NotFound
from tocsin.core.models import MailboxMessage
from tocsin.web.forms.request import Request
from tocsin.web.frame import context
from tocsin.web.gate.policy import RESPONDER, allow

SHOWN = 100
_LINK = re.compile(r"https?://[^\s<>&\"']+")


@allow(RESPONDER)
@require_GET
def mailbox(request: Request) -> HttpResponse:
    """The latest mails, newest first; `?to=` one address only."""
    _require_use(request)
    mails = MailboxMessage.objects.order_by("-at", "-id")
    to = request.GET.get("to", "")
    if to:
        mails = mails.filter(to__iexact=to)
    return render(request, "mailbox.html", {"mails": mails[:SHOWN], "to": to, "here": "more"})


@allow(RESPONDER)
@require_GET
def mail(request: Request, mail_id: str) -> HttpResponse:
    """One mail as its reader would see it; its links can be followed."""
    _require_use(request)
    found = MailboxMessage.objects.filter(id=mail_id).first()
    if found is None:
        raise NotFound("There is no such mail.")
    return render(request, "mail.html", {"mail": found, "body": linked(found.body), "here": "more"})


def linked(text: str) -> SafeString:
    """Plain text with its addresses made into links, everything else escaped."""
    parts, end = [], 0
    for match in _LINK.finditer(text):
        address = match.group(0).rstrip(".,;:)")
        parts += [escape(text[end : match.start()]), f'<a href="{escape(address)}">{escape(address)}</a>']
        end = match.start() + len(address)
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308  every part is escaped


def _require_use(request: Request) -> None:
    if not context.of(request).mailbox:
        raise NotFound("Mail leaves through a mail server here, so there is no built-in mailbox.")


urlpatterns = [path("mailbox", mailbox, name="mailbox"), path("mailbox/<str:mail_id>", mail, name="mailbox_mail")]
