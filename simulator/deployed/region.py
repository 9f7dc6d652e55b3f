"""Where the stack is deployed."""

from __future__ import annotations

from typing import Final

DEFAULT_REGION: Final = "ap-northeast-1"
"""The region that the stack is deployed to (`REGION` in cdk/userlog/stage.py)."""
