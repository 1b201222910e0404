"""The addresses of all pages. Each module of this folder lists its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from tocsin.web.pages import access, alerts, mailbox, oncall, search, style

urlpatterns: list[URLPattern | URLResolver] = [
    *access.urlpatterns,
    *alerts.urlpatterns,
    *mailbox.urlpatterns,
    *oncall.urlpatterns,
    *search.urlpatterns,
    *style.urlpatterns,
]
