"""The company blog as Atom, by a secret address of one person; and how they make and revoke such addresses."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from tocsin.statuspages.blog import commands, queries
from tocsin.web.forms.request import Request
from tocsin.web.frame.prose import to_html
from tocsin.web.gate.policy import SIGNED_IN, TOKEN, allow
from tocsin.web.public import feeds


@allow(TOKEN)
@require_safe
def feed(request: Request, token: str) -> HttpResponseBase:
    """Authorised by the token in the path alone. The same posts are the same bytes, so that a feed reader asks cheaply."""
    found = queries.feed_by_token(token)
    body = feeds.posts(queries.in_feed(), settings.TOCSIN.base_url.rstrip("/"), to_html)
    commands.note_use(found, now=request.now)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    whole = HttpResponse(body, content_type="application/atom+xml; charset=utf-8", headers={"ETag": tag})
    answer = get_conditional_response(request, etag=tag, response=whole) or whole
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@allow(SIGNED_IN)
@require_POST
def new(request: Request) -> HttpResponse:
    """The address is on this answer and nowhere else."""
    _, where = commands.create_feed(request.actor, now=request.now)
    return render(request, "blog/feed.html", {"address": settings.TOCSIN.base_url.rstrip("/") + where, "here": "blog"})


@allow(SIGNED_IN)
@require_POST
def revoke(request: Request, feed_id: str) -> HttpResponse:
    found = commands.revoke_feed(request.actor, queries.feed(request.actor, feed_id), now=request.now)
    messages.success(request, f"The address that ends in …{found.hint} is closed.")
    return redirect("blog")


urlpatterns = [
    path("feeds/<str:token>.atom", feed, name="blog_feed"),
    path("blog/feeds", new, name="blog_feed_new"),
    path("blog/feeds/<str:feed_id>/revoke", revoke, name="blog_feed_revoke"),
]
