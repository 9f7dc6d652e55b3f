"""A forecast as one HTML page that needs nothing else: tables, and two pictures."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from simulator.forecast.costs import number_text, total
from simulator.forecast.forecast import ASSUMPTIONS, OMISSIONS
from simulator.forecast.growth import BATCHES, SIZES
from simulator.forecast.limits import SLOWS, STOPS
from simulator.forecast.plan import EXPRESS, STANDARD
from simulator.forecast.price_list import price_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simulator.forecast.costs import Line
    from simulator.forecast.forecast import Forecast
    from simulator.forecast.growth import Point

_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; width: 100% }
th, td { border-bottom: 1px solid #8886; padding: .25rem .5rem; text-align: left; vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
svg { width: 100%; max-width: 46rem; height: auto }
svg text { font: 12px system-ui, sans-serif; fill: currentColor }
.advice { border-left: 4px solid #0072b2; padding: .5rem 1rem; background: #0072b21a }
"""
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito: told apart by everyone."""
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 820, 360, 70, 290, 20, 40
CONCURRENCY_SHOWN = (5, 40, 1000)


def html_page(forecast: Forecast) -> str:
    """Return the page."""
    prices = price_list()
    measured = (
        f"From the run {forecast.run} ({forecast.measured_rows:,} rows). Prices of {prices.oldest} to {prices.newest}, "
        f"{prices.region}, without free tiers. A figure with a ? has no source."
    )
    title = f"Forecast of {forecast.point.plan.rows:,} rows"
    parts = [
        f"<h1>{title}</h1>",
        f"<p>{escape(forecast.one_line)}.</p>",
        f"<p>{escape(measured)}</p>",
        f'<p class="advice">{escape(forecast.recommendation)}</p>' if forecast.advice else "",
        "<h2>Cost of one run</h2>",
        _bill(forecast.lines),
        "<h2>Cost of a month without files</h2>",
        _bill(forecast.month),
        "<h2>Audit trail</h2>",
        _bill(forecast.audit),
        f"<p>{escape(forecast.claim.words)}</p>" if forecast.claim else "",
        "<h2>Limits of this plan</h2>",
        _limits(forecast),
    ]
    if forecast.growth:
        parts += [
            "<h2>Time by rows</h2>",
            _picture(forecast.growth, lambda point: point.seconds, "seconds"),
            "<h2>Cost of a run by rows</h2>",
            _picture(forecast.growth, lambda point: point.usd, "US dollars"),
            "<h2>Recommended by rows</h2>",
            _advice(forecast),
            "<h2>All plans</h2>",
            _plans(forecast.growth),
        ]
    parts += ["<h2>Assumptions</h2>", _list(ASSUMPTIONS), "<h2>Left out</h2>", _list(OMISSIONS)]
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


def _bill(lines: Sequence[Line]) -> str:
    prices = price_list().prices
    rows = []
    for line in lines:
        price = prices[line.price]
        rows.append(
            f'<tr><td>{escape(line.item)}</td><td class="n">{number_text(line.quantity)}</td>'
            f'<td>{escape(line.unit)}</td><td title="{escape(price.origin)}">{price.rate}{price.mark}</td>'
            f'<td class="n">{line.usd:,.6f}</td><td>{escape(line.basis)}</td></tr>'
        )
    rows.append(
        f'<tr><th>Together</th><td></td><td></td><td></td><th class="n">{total(list(lines)):,.4f}</th><td></td></tr>'
    )
    return _table(("", "quantity", "unit", "price, $", "$", "basis"), rows, numbers={1, 4})


def _limits(forecast: Forecast) -> str:
    effects = {STOPS: "the run fails", SLOWS: "the run is slower"}
    rows = [
        f'<tr><td>{escape(one.what)}</td><td class="n">{one.used:,.0f}</td>'
        f'<td class="n">{one.limit:,.0f}{one.mark}</td>'
        f'<td class="n">{one.share:.1%}</td><td>{effects[one.effect]}</td></tr>'
        for one in forecast.limits
    ]
    return _table(("limit", "used", "of", "", "when it is met"), rows, numbers={1, 2, 3})


def _advice(forecast: Forecast) -> str:
    rows = []
    for size, point in forecast.advice.items():
        if point is None:
            rows.append(f'<tr><td class="n">{size:,}</td><td colspan="4">none ends within the limits</td></tr>')
            continue
        rows.append(
            f'<tr><td class="n">{size:,}</td><td>{escape(point.plan.words)}</td><td class="n">{point.took}</td>'
            f'<td class="n">{point.usd:,.2f}</td><td>{escape(point.first_words)}</td></tr>'
        )
    return _table(("rows", "plan", "time", "$", "first limit"), rows, numbers={0, 2, 3})


def _plans(points: Sequence[Point]) -> str:
    rows = [
        f'<tr><td class="n">{point.plan.rows:,}</td><td>{point.plan.kind}</td><td class="n">{point.plan.batch}</td>'
        f'<td class="n">{point.plan.concurrency:,}</td><td class="n">{point.took}</td>'
        f'<td class="n">{point.usd:,.2f}</td>'
        f"<td>{escape(point.first_words)}{' (the run fails)' if point.stopped_by else ''}</td></tr>"
        for point in points
    ]
    heads = ("rows", "children", "batch", "concurrency", "time", "$", "first limit")
    return _table(heads, rows, numbers={0, 2, 3, 4, 5})


def _table(heads: Sequence[str], rows: Iterable[str], *, numbers: set[int]) -> str:
    number = ' class="n"'
    cells = "".join(f"<th{number if place in numbers else ''}>{escape(head)}</th>" for place, head in enumerate(heads))
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in sentences)}</ul>"


def _picture(points: Sequence[Point], value: Callable[[Point], float], unit: str) -> str:
    """Return a line for each of some plans, on logarithmic axes."""
    lines = drawn_plans(points)
    values = [value(point) for line in lines.values() for point in line]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    first, last = math.log10(SIZES[0]), math.log10(SIZES[-1])

    def x(rows: int) -> float:
        return _LEFT + (math.log10(rows) - first) / (last - first) * (_WIDTH - _LEFT - _RIGHT)

    def y(number: float) -> float:
        return _TOP + (high - math.log10(number)) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    drawn = [
        f'<line x1="{x(size):.1f}" y1="{_TOP}" x2="{x(size):.1f}" y2="{_HEIGHT - _BOTTOM}" stroke="#8884"/>'
        f'<text x="{x(size):.1f}" y="{_HEIGHT - 20}" text-anchor="middle">{size:,}</text>'
        for size in SIZES
    ]
    drawn += [
        f'<line x1="{_LEFT}" y1="{y(10**power):.1f}" x2="{_WIDTH - _RIGHT}" y2="{y(10**power):.1f}" stroke="#8884"/>'
        f'<text x="{_LEFT - 6}" y="{y(10**power) + 4:.1f}" text-anchor="end">{10**power:g}</text>'
        for power in range(low, high + 1)
    ]
    for place, (name, line) in enumerate(lines.items()):
        colour, dashes = _COLOURS[place % len(_COLOURS)], " stroke-dasharray='6 3'" if place % 2 else ""
        path = " ".join(f"{x(point.plan.rows):.1f},{y(value(point)):.1f}" for point in line)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        height = _TOP + 14 + 20 * place
        drawn.append(
            f'<line x1="{_WIDTH - 270}" y1="{height - 4}" x2="{_WIDTH - 245}" y2="{height - 4}" stroke="{colour}" '
            f'stroke-width="2"{dashes}/><text x="{_WIDTH - 240}" y="{height}">{escape(name)}</text>'
        )
    drawn.append(f'<text x="{_LEFT}" y="{_HEIGHT - 4}">rows; {escape(unit)}</text>')
    inside = "".join(drawn)
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(unit)} by rows">{inside}</svg>'


def drawn_plans(points: Sequence[Point]) -> dict[str, list[Point]]:
    """Return the plans that are drawn: both kinds of children, some batches and concurrencies."""
    wanted = [(EXPRESS, BATCHES[0], one) for one in CONCURRENCY_SHOWN]
    wanted += [(EXPRESS, BATCHES[-1], CONCURRENCY_SHOWN[1]), (STANDARD, BATCHES[0], CONCURRENCY_SHOWN[1])]
    wanted += [(STANDARD, BATCHES[-1], CONCURRENCY_SHOWN[1])]
    return {
        f"{kind}, batch {batch}, {concurrency:,} at once": [
            point
            for point in points
            if (point.plan.kind, point.plan.batch, point.plan.concurrency) == (kind, batch, concurrency)
            and SIZES[0] <= point.plan.rows <= SIZES[-1]
        ]
        for kind, batch, concurrency in wanted
    }
