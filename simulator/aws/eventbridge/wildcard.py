"""Wildcard texts of event patterns: `*` stands for any characters."""

from __future__ import annotations

from collections import Counter, deque

MAX_ACTIVE_PLACES = 19
"""How many places of a wildcard text one value may be at, at once.

Recorded on AWS: ten times `*x` with the same x (20 places) is refused, five times (10 places) is accepted. The exact
bound between them is not known.
"""


class WildcardText:
    r"""A text with `*` in it; `\*` and `\\` stand for themselves. Matching takes time linear in the value's length.

    Raises:
        ValueError: two stars in a row, a backslash before anything else, or too complex a text (AWS's sentences).
    """

    __slots__ = ("_pieces",)

    def __init__(self, text: str) -> None:
        self._pieces = _split(text)
        if _active_places(self._pieces[1:]) > MAX_ACTIVE_PLACES:
            raise ValueError(
                "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences "
                "after a wildcard character"
            )

    def fits(self, value: str, *, ignore_case: bool = False) -> bool:
        """Tell whether the whole value fits the text."""
        pieces = [piece.lower() for piece in self._pieces] if ignore_case else self._pieces
        value = value.lower() if ignore_case else value
        first, *middle, last = pieces if len(pieces) > 1 else [*pieces, ""]
        if len(pieces) == 1:
            return value == first
        end = len(value) - len(last)
        if not (value.startswith(first) and value.endswith(last)):
            return False
        # The leftmost place of each piece leaves most room for the pieces after it, so no place needs a second try.
        position = len(first)
        for piece in middle:
            found = value.find(piece, position, end)
            if found < 0:
                return False
            position = found + len(piece)
        return position <= end


def _split(text: str) -> list[str]:
    """Return the literal pieces between the stars, escapes resolved."""
    pieces = [""]
    position = 0
    while position < len(text):
        pair = text[position : position + 2]
        if pair == "**":
            raise ValueError(f"Consecutive wildcard characters at pos {position}")
        if pair[0] == "\\":
            if pair not in ("\\*", "\\\\"):
                raise ValueError(f"Invalid escape character at pos {position}")
            pieces[-1] += pair[1]
            position += 2
            continue
        if pair[0] == "*":
            pieces.append("")
        else:
            pieces[-1] += pair[0]
        position += 1
    return pieces


def _active_places(after_stars: list[str]) -> int:
    """Count the places of the text that one value can be at, at once: every star, and inside the pieces after stars.

    A value is at the end of a piece's beginning if the value ends in that beginning. So the most places belong to the
    beginning that has the most beginnings (of any piece) as its own endings. The trie with failure links is that of
    Aho and Corasick.
    """
    children: list[dict[str, int]] = [{}]
    own: Counter[int] = Counter()
    for piece in after_stars:
        node = 0
        for character in piece:
            if character not in children[node]:
                children[node][character] = len(children)
                children.append({})
            node = children[node][character]
            own[node] += 1
    total = [0] * len(children)
    fallback = [0] * len(children)
    waiting = deque([0])
    while waiting:
        node = waiting.popleft()
        for character, child in children[node].items():
            back = fallback[node]
            while back and character not in children[back]:
                back = fallback[back]
            fallback[child] = children[back].get(character, 0) if node else 0
            total[child] = own[child] + total[fallback[child]]
            waiting.append(child)
    return len(after_stars) + max(total)
