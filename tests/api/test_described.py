"""The API's description of itself says of each operation what it really takes and gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ninja import Schema

from tocsin.web.api import urls


def _shapes(kind: type[Schema]) -> Iterator[type[Schema]]:
    for one in kind.__subclasses__():
        yield one
        yield from _shapes(one)


def test_no_two_shapes_have_one_name_for_the_description_would_keep_the_last_of_them() -> None:
    assert urls.api
    places = defaultdict(set)
    for one in _shapes(Schema):
        places[one.__name__].add(one.__module__)
    shared = {name: sorted(modules) for name, modules in places.items() if len(modules) > 1}
    assert shared == {}
