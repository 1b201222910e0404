"""The company blog: read by everybody who signs in, written by responders, published by one press that can be taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.core.errors import Refused
from tocsin.directory.models import Person
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages.blog import commands, permissions, queries
from tocsin.statuspages.blog.models import BlogPost
from tocsin.web.forms import people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, page_number, whole
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow

A_PAGE = 20


@allow(SIGNED_IN)
@require_safe
def listing(request: Request) -> HttpResponse:
    number = page_number(request.GET.get("page", ""))
    first = (number - 1) * A_PAGE
    rows = list(queries.posts(request.actor)[first : first + A_PAGE + 1])
    context = {
        "posts": rows[:A_PAGE],
        "page": number,
        "older": number + 1 if len(rows) > A_PAGE else 0,
        "drafts": list(queries.drafts(request.actor)[:A_PAGE]),
        "writes": permissions.may_write(request.actor),
        "subscribed": queries.is_subscribed(request.actor),
        "feeds": queries.feeds_of(request.actor),
        "here": "blog",
    }
    return render(request, "blog/list.html", context)


@allow(SIGNED_IN)
@require_safe
def show(request: Request, slug: str) -> HttpResponse:
    found = queries.post(request.actor, slug)
    authors = permissions.is_author(request.actor, found)
    context = {
        "post": found,
        "edited": queries.edited(found),
        "authors": authors,
        "inside": queries.stays_inside(found),
        "readers": queries.readers() if authors else 0,
        "mailed": queries.mailed(found) if authors else {},
        "here": "blog",
    }
    return render(request, "blog/show.html", context)


@allow(RESPONDER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Begin a post; `?incident=HOT-12` says what it is about."""
    form = Typed(request.POST, initial={"incident": request.GET.get("incident", "")[:20], "authors": request.actor.name})
    if request.method == "POST":
        title, text = form.text("title"), form.text("text", longest=100_000, lines=True)
        incident, authors = _incident(request, form), _authors(form)
        if form.ok:
            try:
                made = commands.draft(request.actor, title=title, text=text, incident=incident, authors=authors, now=request.now)
                messages.success(request, "Kept as a draft. Nobody but its authors and administrators reads it yet.")
                return _after(request, made)
            except Refused as refused:
                form.refuse(refused)
    return _form(request, form, None)


@allow(RESPONDER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    found = queries.post(request.actor, slug)
    permissions.require_author(request.actor, found)
    authors = ", ".join(people.as_typed([one]) for one in found.authors.all())
    initial = {"title": found.title, "text": found.text, "authors": authors, "revision": found.revision}
    form = Typed(request.POST, initial=initial)
    if request.method == "POST":
        title, text = form.text("title"), form.text("text", longest=100_000, lines=True)
        revision, by = whole(form.text("revision", longest=9)), _authors(form)
        if form.ok:
            try:
                commands.edit(request.actor, found, title=title, text=text, authors=by, revision=revision, now=request.now)
                messages.success(request, "Saved.")
                return _after(request, found)
            except Refused as refused:
                form.refuse(refused, revision="form")
    return _form(request, form, found)


def _after(request: Request, found: BlogPost) -> HttpResponse:
    """To the post; whoever wrote it for others alone does not see it any more."""
    seen = found.is_published or permissions.is_author(request.actor, found)
    return redirect("blog_post", found.slug) if seen else redirect("blog")


def _form(request: Request, form: Typed, found: BlogPost | None) -> HttpResponse:
    context = {"form": form, "post": found, "here": "blog"}
    return render(request, "blog/edit.html", context, status=200 if form.ok else 422)


def _incident(request: Request, form: Typed) -> Incident | None:
    key = form.text("incident", longest=20)
    try:
        return incidents.by_key(request.actor, key.upper()) if key else None
    except Refused:
        form.errors["incident"] = f"There is no incident {key}. Write a key such as HOT-12, or leave it empty."
        return None


def _authors(form: Typed) -> list[Person]:
    """Names or addresses with a comma between; nobody named is whoever writes."""
    found = []
    for one in form.text("authors", longest=2_000).split(","):
        try:
            found += [people.named(one.strip())] if one.strip() else []
        except Refused as refused:
            form.errors["authors"] = refused.detail
    return found


@allow(RESPONDER)
@require_safe
def revisions(request: Request, slug: str) -> HttpResponse:
    found = queries.post(request.actor, slug)
    context = {"post": found, "revisions": queries.revisions(request.actor, found), "here": "blog"}
    return render(request, "blog/revisions.html", context)


@allow(RESPONDER)
@require_POST
def publish(request: Request, slug: str) -> HttpResponse:
    found = queries.post(request.actor, slug)
    revision = whole(Typed(request.POST).text("revision", longest=9))
    try:
        done = commands.publish(request.actor, found, revision=revision, now=request.now)
        if done.is_published:
            messages.success(request, "Published.")
    except Refused as refused:
        messages.warning(request, f"Not published. {refused.detail}")
    return redirect("blog_post", found.slug)


@allow(RESPONDER)
@require_POST
def take_back(request: Request, slug: str) -> HttpResponse:
    found = queries.post(request.actor, slug)
    try:
        commands.take_back(request.actor, found, now=request.now)
        messages.success(request, "Taken back. Nobody has read it.")
    except Refused as refused:
        messages.warning(request, f"Not taken back. {refused.detail}")
    return redirect("blog_post", found.slug)


@allow(SIGNED_IN)
@require_POST
def mine(request: Request) -> HttpResponse:
    """Get posts by mail, or no more."""
    if request.POST.get("do") == "unsubscribe":
        commands.unsubscribe(request.actor, now=request.now)
        messages.success(request, "No more posts come to you by mail.")
    else:
        commands.subscribe(request.actor, now=request.now)
        messages.success(request, "Each new post comes to you by mail.")
    return redirect("blog")


urlpatterns = [
    path("blog", listing, name="blog"),
    path("blog/new", new, name="blog_new"),
    path("blog/mine", mine, name="blog_mine"),
    path("blog/<slug:slug>", show, name="blog_post"),
    path("blog/<slug:slug>/edit", edit, name="blog_edit"),
    path("blog/<slug:slug>/revisions", revisions, name="blog_revisions"),
    path("blog/<slug:slug>/publish", publish, name="blog_publish"),
    path("blog/<slug:slug>/take-back", take_back, name="blog_take_back"),
]
