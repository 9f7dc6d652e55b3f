"""The numbers of many trials, as Markdown."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.chaos.trial import Trial

KILL = "kill -9"
_SHOWN = 20


def numbers(title: str, trials: Sequence[Trial]) -> str:
    """Return a section: the sums, then each kind of fault, then every trial in which something was wrong."""
    bad = [trial for trial in trials if not trial.clean]
    sums = [
        ("trials", len(trials)),
        ("faults asked for", sum(len(_kinds(trial)) for trial in trials)),
        ("times a fault struck (killed runs, which cannot say, left out)", sum(sum(one.happened) for one in trials)),
        ("rows put through", sum(trial.rows for trial in trials)),
        ("redrives", sum(trial.redrives for trial in trials)),
        ("corrected files sent again", sum(trial.corrected for trial in trials)),
        ("rows lost", sum(trial.lost for trial in trials)),
        ("rows doubled", sum(trial.doubled for trial in trials)),
        ("trials in which anything disagreed", len(bad)),
    ]
    lines = [f"## {title}", "", "| | |", "|---|---:|", *(f"| {name} | {number:,} |" for name, number in sums), ""]
    lines += ["| fault | trials with it | struck | first attempts that failed |", "|---|---:|---:|---:|"]
    asked: Counter[str] = Counter()
    struck: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for trial in trials:
        times = dict.fromkeys(_kinds(trial), 0)
        for text, happened in zip(trial.mixture.faults, trial.happened, strict=False):
            times[kind(text)] += happened
        asked.update(times.keys())
        struck.update(times)
        failed.update(name for name in times if trial.statuses[:1] != ["SUCCEEDED"])
    lines += [
        f"| {name} | {asked[name]:,} | {'-' if name == KILL else f'{struck[name]:,}'} | {failed[name]:,} |"
        for name in sorted(asked)
    ]
    for trial in bad:
        lines += ["", f"Seed {trial.mixture.seed} ({', '.join(_texts(trial))}):", ""]
        lines += [f"- {fault}" for fault in trial.faults[:_SHOWN]]
    return "\n".join([*lines, ""])


def told(trial: Trial) -> str:
    """Return a trial in a line."""
    verdict = "ok " if trial.clean else "BAD"
    return f"{verdict} seed {trial.mixture.seed}: {' + '.join(_texts(trial))} -> {', '.join(trial.statuses)}"


def kind(text: str) -> str:
    """Return what a SPEC breaks: `error`, `function=exit`, `database=refuse` and so on."""
    named = dict(part.split("=", 1) for part in text.split(","))
    for name in ("function", "database", "dynamodb", "s3", "event", "object"):
        if name in named:
            return f"{name}={named[name]}"
    return f"error={named['error']}"


def _texts(trial: Trial) -> list[str]:
    killed = trial.mixture.kill_after
    return [*trial.mixture.faults, *([] if killed is None else [f"{KILL} after {killed} rows"])]


def _kinds(trial: Trial) -> list[str]:
    kinds = dict.fromkeys(kind(text) for text in trial.mixture.faults)
    return [*kinds, *([] if trial.mixture.kill_after is None else [KILL])]
