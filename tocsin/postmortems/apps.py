"""Postmortems and the actions that follow."""

from django.apps import AppConfig


class PostmortemsConfig(AppConfig):
    name = "tocsin.postmortems"
    label = "postmortems"
