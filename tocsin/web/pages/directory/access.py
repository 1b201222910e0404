"""Getting in without being in: the one-time link to set a password, and the mail for a forgotten one."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import commands, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import PUBLIC, TOKEN, allow


@allow(TOKEN)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request, token: str) -> HttpResponse:
    """GET shows the form and changes nothing: mail scanners open links. The person signs in afterwards, second factor included."""
    link = queries.link_by_token(token, request.now)
    if link is None:
        raise NotFound("This link is used up or out of date. Ask an administrator for a new one.")
    form = Typed(request.POST)
    if request.method == "POST":
        try:
            commands.accept_link(token, request.POST.get("password", ""), now=request.now)
        except Invalid as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Your password is set. Sign in with it.")
            return redirect(settings.LOGIN_URL)
    return render(request, "account/invite.html", {"link": link, "form": form}, status=200 if form.ok else 422)


@allow(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: Request) -> HttpResponse:
    """The answer is the same whether the address is known or not."""
    mails = queries.mails()
    sent = request.method == "POST" and mails
    if sent:
        commands.forgot_password(request.POST.get("email", "")[:254], now=request.now)
    return render(request, "account/forgot.html", {"sent": sent, "mails": mails})


urlpatterns = [
    path("invite/<str:token>", invite, name="invite"),
    path("account/forgot", forgot, name="forgot"),
]
