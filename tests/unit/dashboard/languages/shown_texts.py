"""Every text that a page gives to the browser, wherever in an element it stands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamlit.testing.v1 import AppTest

_SHOWN = {"body", "label", "help", "placeholder", "options", "text", "alt", "delta", "value", "display_values"}
_OF_CHARTS = {"title", "description", "text"}
_WIDGETS = {"default", "ids", "id", "form_id", "url", "language"}
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_LABEL = re.compile(r'label="([^"]*)"')
"""In Graphviz's language."""
_CODE = ("code", "json", "html")
"""Commands, documents and what programs have printed stay as they are."""


def shown_texts(app: AppTest) -> list[str]:
    """Return the texts, Markdown's escapes taken away; those of tables and charts too."""
    return [_ESCAPE.sub(r"\1", text) for text in _of_tree(app) if text]


def _of_tree(app: AppTest) -> Iterator[str]:
    for element in app._tree:
        kind = getattr(element, "type", "")
        if kind in _CODE:
            continue
        proto = getattr(element, "proto", None)
        if proto is not None and hasattr(proto, "ListFields"):
            yield from _of_proto(proto)
        if kind in ("arrow_data_frame", "dataframe"):
            yield from _of_table(element)


def _of_proto(proto: Any) -> Iterator[str]:
    for field, value in proto.ListFields():
        name = field.name
        if name in _WIDGETS:
            continue
        if name == "spec":
            yield from _of_chart(json.loads(value)) if value.startswith("{") else _LABEL.findall(value)
        elif name == "columns" and isinstance(value, str):
            yield from (
                config["label"] for config in json.loads(value or "{}").values() if config and config.get("label")
            )
        elif field.message_type is not None:
            many = value if hasattr(value, "__len__") and not hasattr(value, "ListFields") else [value]
            for one in many:
                if hasattr(one, "ListFields"):
                    yield from _of_proto(one)
        elif name in _SHOWN:
            many = [value] if isinstance(value, str) else value if hasattr(value, "__iter__") else []
            yield from (one for one in many if isinstance(one, str))


def _of_chart(spec: Any) -> Iterator[str]:
    if isinstance(spec, list):
        for one in spec:
            yield from _of_chart(one)
    elif isinstance(spec, dict):
        for name, value in spec.items():
            if name in _OF_CHARTS and isinstance(value, str):
                yield value
            elif name == "title" and isinstance(value, list):
                yield from (one for one in value if isinstance(one, str))
            else:
                yield from _of_chart(value)


def _of_table(element: Any) -> Iterator[str]:
    frame = element.value
    configured = {
        name for name, config in json.loads(element.proto.columns or "{}").items() if (config or {}).get("label")
    }
    yield from (str(name) for name in frame.columns if str(name) not in configured)
    for name in frame.columns:
        yield from (one for one in frame[name] if isinstance(one, str))
