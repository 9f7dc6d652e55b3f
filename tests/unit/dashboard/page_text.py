"""What a person reads on a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def page_text(app: AppTest) -> str:
    """Return the words of headings, paragraphs, boxes and tables, Markdown's escapes taken away."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success", "code", "text")
    said = [str(element.value) for kind in kinds for element in app.get(kind)]
    said += [f"{metric.label} {metric.value}" for metric in app.metric]
    said += [table.value.to_string() for table in app.dataframe]
    return _ESCAPE.sub(r"\1", "\n".join(said))
