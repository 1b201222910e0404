"""Tests of incidents that let the pager run have its channel."""

from tests.paging.conftest import mail

__all__ = ("mail",)
