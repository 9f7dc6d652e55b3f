"""Makes sample files, the same every time: `python sample_data/make_samples.py --rows 100000 --out big.csv`.

Without arguments it makes the files of this folder anew.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from lambdas.shared.columns import HEADER as COLUMNS
from lambdas.shared.columns import TOTALS

HERE = Path(__file__).parent
HEADER = ",".join(COLUMNS)
LARGEST = {"login_count": 400, "post_count": 90}
"""The largest value that is made of a total; 100 for any other."""
FAMILY = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "Smith", "García")
GIVEN = ("翔太", "美咲", "健一", "さくら", "大輔", "陽子", "蓮", "葵", "拓海", "結衣", "Alex", "Zoë")
USERS = 1_000
BAD_ROWS = {
    52: "U99901,3,1",
    137: "U00137,１２,4",
    221: "U00221,-5,2",
    306: "U00306,7.5,1",
    388: "U00388,,3",
    459: "U99902,11,0",
    544: ",8,2",
    671: "U00671,2147483648,1",
    790: "U00790,abc,6",
    903: "U00000000903,4,4",
}
"""1-based row -> a row that fails on its own: unknown users, counts that are none, user IDs that are none."""


def users(number: int, chance: random.Random) -> str:
    """Return a user master."""
    lines = ["user_id,username,email"]
    for index in range(1, number + 1):
        name = f"{chance.choice(FAMILY)} {chance.choice(GIVEN)}"
        lines.append(f"U{index:05},{name},u{index:05}@example.com")
    return "\n".join(lines) + "\n"


def rows(number: int, chance: random.Random, bad: dict[int, str] | None = None) -> str:
    """Return an upload of `number` rows, some of them replaced by `bad`."""
    largest = [LARGEST.get(column.field, 100) for column in TOTALS]
    good = (
        ",".join([f"U{index:05}", *(str(chance.randint(0, most)) for most in largest)])
        for index in range(1, number + 1)
    )
    lines = [_complete((bad or {}).get(index, row)) for index, row in enumerate(good, start=1)]
    return "\n".join([HEADER, *lines]) + "\n"


def _complete(row: str) -> str:
    """Return a row with a 0 in each column that it is short of."""
    return row + ",0" * (len(COLUMNS) - 1 - row.count(","))


def make_all() -> None:
    """Write every file of this folder."""
    chance = random.Random(20250802)  # noqa: S311 - the same files every time
    invalid = HERE / "invalid"
    invalid.mkdir(exist_ok=True)
    good = rows(5, chance)
    text = {
        HERE / "users.csv": users(USERS, chance),
        HERE / "sample.csv": rows(USERS, chance, BAD_ROWS),
        HERE / "too_many_failures.csv": rows(100, chance, {index: f"U9{index:04},1,1" for index in range(3, 100, 5)}),
        invalid / "wrong_header.csv": good.replace(HEADER, "user_id,logins,posts"),
        invalid / "empty.csv": "",
        invalid / "header_only.csv": HEADER + "\n",
        invalid / "ragged_row.csv": good.replace("U00003,", "U00003,1,"),
        invalid / "duplicate_user.csv": good + _complete("U00002,1,1") + "\n",
        invalid / "unbalanced_quote.csv": good.replace("U00004,", '"U00004,'),
        invalid / "blank_line.csv": good.replace("U00003,", "\nU00003,"),
    }
    data = {path: body.encode() for path, body in text.items()}
    data[invalid / "shift_jis.csv"] = good.encode("cp932")
    data[invalid / "bom.csv"] = b"\xef\xbb\xbf" + good.encode()
    data[invalid / "binary.csv"] = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00" + bytes(range(256)) * 4
    for path, body in data.items():
        path.write_bytes(body)


def main() -> None:
    """Make one big file, or all of this folder's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, help="how many rows")
    parser.add_argument("--out", type=Path, help="the file to write")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if (arguments.rows is None) != (arguments.out is None):
        parser.error("--rows and --out go together")
    if arguments.out is None:
        make_all()
    else:
        chance = random.Random(arguments.seed)  # noqa: S311 - the same file every time
        arguments.out.write_text(rows(arguments.rows, chance), encoding="utf-8")


if __name__ == "__main__":
    main()
