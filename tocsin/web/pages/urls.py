"""The addresses of all pages. Each module of this folder lists its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from tocsin.web.pages import (
    access,
    ack,
    actions,
    alerts,
    catalogue,
    declare,
    document,
    home,
    incidents,
    mailbox,
    oncall,
    oncall_admin,
    page_team,
    people,
    postmortems,
    profile,
    resolve,
    room,
    room_acts,
    search,
    services,
    setup,
    style,
    teams,
    updates,
)
from tocsin.web.public import status

urlpatterns: list[URLPattern | URLResolver] = [
    *setup.urlpatterns,
    *teams.urlpatterns,
    *services.urlpatterns,
    *profile.urlpatterns,
    *people.urlpatterns,
    *oncall_admin.urlpatterns,
    *catalogue.urlpatterns,
    *home.urlpatterns,
    *ack.urlpatterns,
    *access.urlpatterns,
    *actions.urlpatterns,
    *alerts.urlpatterns,
    *declare.urlpatterns,
    *document.urlpatterns,
    *incidents.urlpatterns,
    *mailbox.urlpatterns,
    *oncall.urlpatterns,
    *page_team.urlpatterns,
    *postmortems.urlpatterns,
    *resolve.urlpatterns,
    *room.urlpatterns,
    *room_acts.urlpatterns,
    *search.urlpatterns,
    *status.urlpatterns,
    *style.urlpatterns,
    *updates.urlpatterns,
]
