"""A state document as a file that people can read and Tocsin can read back: Markdown and HTML."""

from tocsin.collab.documents.portable.carried import Carried, CarriedRow, Shape, carry, instant, shape_of, stamp
from tocsin.collab.documents.portable.html import from_html, to_html
from tocsin.collab.documents.portable.markdown import from_markdown, to_markdown

LIMIT = 1024 * 1024
"""Characters of a file."""

__all__ = (
    "LIMIT",
    "Carried",
    "CarriedRow",
    "Shape",
    "carry",
    "from_html",
    "from_markdown",
    "instant",
    "shape_of",
    "stamp",
    "to_html",
    "to_markdown",
)
