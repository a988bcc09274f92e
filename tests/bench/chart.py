"""The chart of docs/benchmarks.md: bars of seconds, one picture that is readable on light and on dark pages."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 890, 320, 150, 22, 12, 64
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328; }
.h { font-weight: 600; } .s { fill: #59636e; font-size: 12px; }
.page { fill: #ffffff; } .bar { fill: #6e7781; } .ours { fill: #0969da; } .floor { fill: #afb8c1; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .s { fill: #9198a1; } .page { fill: #0d1117; }
  .bar { fill: #8b949e; } .ours { fill: #4493f8; } .floor { fill: #3d444d; }
}
"""


def chart(found: dict[str, Any]) -> str:
    """SVG: for each of the two runs a bar a peer, its seconds and memory beside it."""
    there = [peer for peer in found["peers"] if not peer["missing"]]
    runs = (("first", f"{found['rows']:,} rows, from files to tables"), ("day", f"{found['changed']:,} changed rows"))
    high = len(there) * (BAR + GAP) + TOP
    parts = []
    for at, (run, title) in enumerate(runs):
        top = at * high
        parts.append(f'<text class="h" x="16" y="{top + 34}">{escape(title)}: seconds, start-up included</text>')
        most = max(peer[run]["wall"] for peer in there)
        for line, peer in enumerate(there):
            wall, y = peer[run]["wall"], top + TOP - 8 + line * (BAR + GAP)
            kind = {"floor": "floor", "this warehouse": "ours"}.get(peer["name"], "bar")
            wide = max(2.0, wall / most * (WIDTH - LEFT - RIGHT))
            parts.append(
                f'<text x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(peer["name"])}</text>'
                f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{wide:.1f}" height="{BAR}" rx="3"/>'
                f'<text x="{LEFT + wide + 8:.1f}" y="{y + 16}">{wall:.1f} s'
                f'<tspan class="s" dx="8">{peer[run]["peak_gb"]:.1f} GB</tspan></text>'
            )
    height = len(runs) * high + 30
    parts.append(f'<text class="s" x="16" y="{height - 14}">{escape(found["machine"])}; {found["date"]}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="Seconds of each way to load the same exports">\n<style>{STYLE}</style>\n'
        f'<rect class="page" width="100%" height="100%"/>\n{body}\n</svg>\n'
    )
