"""Signing in and a small world for the tests of pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from tests import company
from tocsin.directory.models import Person, Product, Service


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


@dataclass(frozen=True, slots=True)
class World:
    """Ada and Bo answer for checkout; Imogen is the last resort."""

    ada: Person
    bo: Person
    imogen: Person
    checkout: Service
    tickets: Product
    wallet: Product


def world() -> World:
    ada, bo, imogen = company.person("Ada"), company.person("Bo", zone="Asia/Tokyo"), company.person("Imogen")
    payments = company.team("Payments", ada, bo)
    tickets, wallet = company.product("Tickets"), company.product("Wallet")
    checkout = company.service("Checkout API", payments, tickets, wallet)
    roster = company.schedule(payments, ada)
    company.cover(checkout, policy=company.policy(payments, roster, bo))
    company.last_resort(imogen)
    return World(ada, bo, imogen, checkout, tickets, wallet)
