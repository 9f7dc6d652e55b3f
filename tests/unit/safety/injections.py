"""Texts that somebody would put into a file to have them run, shown, or taken for a path."""

from __future__ import annotations

SQL = [
    "'; DROP TABLE users; --",
    "' OR '1'='1",
    "U00001'; DELETE FROM user_statistics; --",
    "\\'; SELECT pg_sleep(9); --",
    "1); INSERT INTO users VALUES ('x','x','x'); --",
    "$$; DROP TABLE users; $$",
    "%s",
    "%(user_id)s",
    "{0.__class__}",
    "${IFS}",
]
PATHS = ["../../../etc/passwd", "/etc/passwd", "..\\..\\x", "~/.ssh/id_rsa", "file:///etc/passwd", "C:\\x", "."]
FORMULAS = ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", "\t=1", '=HYPERLINK("http://x","y")', "＝1＋1"]
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[bold red]x[/]",
    "[link=http://x]y[/link]",
    "![x](http://x)",
    ":smile:",
    "&lt;b&gt;",
]
CODE = ["$(touch pwned)", "`touch pwned`", "; touch pwned", "| touch pwned", "$.error.Error", "States.Format('{}', 1)"]
CONTROLS = ["\x1b[2J\x1b[31m", "\x07\x08\x7f", "\u202egnp.exe", "\u2066x", "\ufeff", "\u0085", "\x9b31m", "\u2028"]
NUMBERS = ["1e3", "0x10", "１２", "٣", "-1", "+1", " 1", "1_000", "NaN", "∞", "1.0", "9" * 5000, "2147483648", ""]
HUGE = ["U" * 100_000, "あ" * 30_000]

SMALL = [text for text in (*SQL, *PATHS, *FORMULAS, *MARKUP, *CODE, *CONTROLS, *NUMBERS) if len(text) < 200]
"""For tests that draw many."""
ALL = [*SQL, *PATHS, *FORMULAS, *MARKUP, *CODE, *CONTROLS, *NUMBERS, *HUGE]

SHORT_IDS = [
    "' OR 1=1--",
    "';DROP--",
    "%s",
    "{}",
    "../../x",
    "=1+1",
    "<b>x</b>",
    "$(id)",
    "[red]x",
    "\u202eabc",
    "\\",
    '"',
]
"""Such as fit a user ID: where a user is called so, the row is that user's and no one else's."""

KEYS = [
    "../../../etc/passwd.csv",
    "/absolute.csv",
    "a//b/./c/../d.csv",
    "=cmd|'/c calc'!A1.csv",
    "<script>alert(1)</script>.csv",
    "'; DROP TABLE users; --.csv",
    '"quoted" and \\back\\.csv',
    "$(touch pwned).csv",
    "<key>.csv",
    "new\nline\x1b[31m.csv",
    "日本語 + % 20&?#.csv",
    "\u202efdp.csv",
    "{}.csv",
    "k" * 1020 + ".csv",
]
"""Keys that S3 takes."""
