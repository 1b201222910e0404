"""Which pages for customers an update goes to, and which of their parts it names. Nobody is asked while there is one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tocsin.incidents.models import Incident
from tocsin.statuspages import queries, rules
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import queries as several
from tocsin.web.forms.typed import Typed


def begin(incident: Incident, status: str) -> list[str]:
    """The short names of the pages that are ticked before anybody thinks about it."""
    return [page.slug for page in several.meant(incident, status)]


def offered() -> list[StatusPage]:
    """What there is to choose from; nothing while there is one page."""
    found = list(several.outside())
    return found if len(found) > 1 else []


def read(form: Typed, incident: Incident, status: str) -> list[str] | None:
    """The pages that were ticked; None where the form did not show them, or nothing is said to customers."""
    if not form["to_external"]:
        form.values["pages"] = begin(incident, rules.INVESTIGATING) if not form.has("pages_shown") else form.many("pages")
        return None
    if not form.has("pages_shown"):
        form.values["pages"] = begin(incident, status if status in rules.STATUSES else rules.INVESTIGATING)
        return None
    known = {page.slug for page in several.outside()}
    form.values["pages"] = chosen = [one for one in form.many("pages") if one in known]
    if not chosen:
        form.errors["pages"] = "Choose a page that customers read, or take the tick away above."
    return chosen


def chosen(form: Typed) -> list[StatusPage]:
    """The pages that the form says."""
    wanted = set(form["pages"] or ())
    return [page for page in several.outside() if page.slug in wanted]


def read_parts(form: Typed) -> dict[str, str]:
    """How each part of the chosen pages is to be (by id; empty: as it is). A part stands for its twins of the same product on the
    other pages, so that a choice outlives the tick of its page. What is as it was shown, in `w-`, is nobody's choice: it may have
    gone down since.
    """
    every = list(queries.components(rules.EXTERNAL))
    typed = {part.id: form.choice(f"c-{part.id}", ["", *rules.COMPONENT_STATES], wrong="Choose a state.") for part in every}
    typed = {one: "" if state == form.text(f"w-{one}", longest=200) else state for one, state in typed.items()}
    by_product = {part.product_id: typed[part.id] for part in reversed(every) if part.product_id and typed[part.id]}
    shown = queries.hit_parts(chosen(form))
    form.values["components"] = found = {part.id: typed[part.id] or by_product.get(part.product_id, "") for part in shown}
    return {part.id: found[part.id] for part in shown if found[part.id] and found[part.id] != part.state}


def moves(components: Mapping[str, str]) -> list[dict[str, str]]:
    """Each part that the words change: its name, how it is and how it will be."""
    words = rules.COMPONENT_STATES
    parts = [part for part in queries.components(rules.EXTERNAL) if part.id in components]
    return [{"name": one.name, "before": words[one.state], "after": words[components[one.id]]} for one in parts]


def where(pages: Sequence[StatusPage]) -> str:
    """What the pages are called in the head of a letter."""
    return "external status page" if not offered() else ", ".join(page.name for page in pages)


def carried(form: Typed) -> list[tuple[str, str]]:
    """The choice as hidden fields."""
    return [("pages_shown", "1"), *(("pages", slug) for slug in form["pages"] or ())] if offered() else []
