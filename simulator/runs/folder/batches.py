"""How many rows a child execution of a run takes, from the workflow it was run with."""

from __future__ import annotations

import json
from typing import Any


def rows_per_child(definition: str) -> int:
    """Return the most rows of a child of a definition's first Map with an ItemBatcher; 1 if there is none.

    >>> rows_per_child('{"States": {"M": {"Type": "Map", "ItemBatcher": {"MaxItemsPerBatch": 10}}}}')
    10
    >>> rows_per_child("{}")
    1
    """
    try:
        states: Any = json.loads(definition)["States"].values()
        sizes = [state["ItemBatcher"]["MaxItemsPerBatch"] for state in states if "ItemBatcher" in state]
    except (ValueError, TypeError, KeyError, AttributeError):
        return 1
    return sizes[0] if sizes and isinstance(sizes[0], int) else 1
