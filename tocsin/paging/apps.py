"""This room as Django knows it."""

from django.apps import AppConfig


class PagingConfig(AppConfig):
    name = "tocsin.paging"
    label = "paging"
