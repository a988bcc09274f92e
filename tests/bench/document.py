"""Write tables and chart of docs/benchmarks.md, and the table of docs/scale.md, from the measurements in
docs/benchmarks/: nobody copies a figure.

    make bench-docs

``bench.json`` is what ``make bench JSON=...`` writes, ``peers.json`` what ``make bench-peers JSON=...`` writes;
``stages.json`` holds the profile of each stage before and after and what a warm process wins, ``cosmos.json`` a day's
build as one task and by Cosmos, ``workers.json`` a night of the country by number of workers. What has no file yet is
said to be not measured. Text outside the markers of the documents is left as it is.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from bench.chart import chart

DOCS = Path(__file__).resolve().parents[2] / "docs"
DOCUMENT, DATA, PICTURE = DOCS / "benchmarks.md", DOCS / "benchmarks", DOCS / "images" / "benchmarks.svg"
SCALE = DOCS / "scale.md"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table of Markdown; columns after the first are aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def taken(found: dict[str, Any]) -> str:
    """Where and when it was measured."""
    return f"{found['machine']}; {found['date']}."


def number(value: float | None, unit: str = "s") -> str:
    """A figure as people read it; a dash where there is none."""
    if value is None:
        return "—"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def bench(found: dict[str, Any]) -> str:
    """The targets of the main job."""
    rows = [
        [
            row["what"],
            number(row["measured"], row["unit"]),
            number(row["target"], row["unit"]),
            number(row["moonshot"], row["unit"]),
            {True: "met", False: "missed", None: "—"}[row["ok"]],
        ]
        for row in found["rows"]
    ]
    return f"{taken(found)}\n\n{table(['', 'measured', 'target', 'moonshot', ''], rows)}"


def peers(found: dict[str, Any]) -> str:
    """Times and memory of the peers, then the versions."""
    rows, versions = [], []
    for peer in found["peers"]:
        if peer["missing"]:
            versions.append(f"- {peer['name']} was left out: {peer['missing']}.")
            continue
        first, day = peer["first"], peer["day"]
        passed = "—"
        if probes := peer.get("probes"):
            passed = f"{sum(probe['ok'] for probe in probes.values())} of {len(probes)}"
        agrees = "yes" if not first["differ"] + day["differ"] else f"{first['differ'] + day['differ']} units differ"
        rows.append(
            [
                f"**{peer['name']}**: {peer['what']}",
                number(first["wall"]),
                number(first["peak_gb"], "GB"),
                number(day["wall"]),
                number(day["peak_gb"], "GB"),
                agrees,
                passed,
            ]
        )
        said = ", ".join(f"{name} {version}" for name, version in peer["versions"].items())
        stages = ", ".join(f"{name} {number(seconds)}" for name, seconds in first["stages"].items())
        versions.append(f"- {peer['name']}: {said}. First load: {stages}.")
    head = ["", f"{found['rows']:,} rows", "memory", f"{found['changed']:,} changed", "memory", "same counts", "probes"]
    return f"{taken(found)}\n\n{table(head, rows)}\n\n" + "\n".join(versions)


def probes(found: dict[str, Any]) -> str:
    """What each does and does not do, by running it."""
    tried = [peer for peer in found["peers"] if peer.get("probes")]
    rows = []
    for name, what in found["probes"].items():
        cells = [peer["probes"][name] for peer in tried]
        rows.append([what, *("yes" if cell["ok"] else f"no: {short(cell['said'])}" for cell in cells)])
    return table(["", *(peer["name"] for peer in tried)], rows)


def short(said: str) -> str:
    """The first words of what a library said."""
    return re.sub(r"\s+", " ", said)[:70].strip()


def stages(found: dict[str, Any]) -> str:
    """The profile of each stage, before and after."""
    rows = [
        [row["stage"], number(row["before"], row["unit"]), number(row["after"], row["unit"]), row["how"]]
        for row in found["stages"]
    ]
    return f"{taken(found)} {found['how']}\n\n{table(['stage', 'before', 'after', 'what changed'], rows)}"


def warm(found: dict[str, Any]) -> str:
    """What a process wins that stays."""
    rows = [[row["what"], number(row["cold"]), number(row["warm"]), row["how"]] for row in found["warm"]]
    return table(["", "new process", "the same again", "how"], rows)


def cosmos(found: dict[str, Any]) -> str:
    """A day's build under a scheduler, by one task or by Cosmos."""
    rows = [
        [row["mode"], str(row["tasks"]), number(row["seconds"]), number(row["cpu"]), number(row["peak_gb"], "GB")]
        for row in found["modes"]
    ]
    head = ["", "tasks", "from trigger to end", "processor time", "memory"]
    return f"{taken(found)} {found['how']}\n\n{table(head, rows)}"


#: So many workers nobody had here: what they would take is computed, and said to be.
FORESEEN = 16


def workers(found: dict[str, Any]) -> str:
    """A night of the country by number of workers, and what the slope says of more."""
    nights = found["nights"]
    head = [
        "workers",
        "judging",
        "files a second",
        "rows a second",
        "stages of judging, all workers added up",
        "the whole run",
    ]
    rows = [
        [
            str(night["workers"]),
            number(night["judge"]),
            number(night["files"] / night["judge"], ""),
            number(night["rows"] / night["judge"], ""),
            number(night["work"]),
            number(night["whole"]),
        ]
        for night in nights
    ]
    files, count = nights[0]["files"], nights[0]["rows"]
    said = f"{taken(found)} {found['how']} {files:,} files with {count:,} rows.\n\n{table(head, rows)}"
    few = nights[0]  # with a core for each: more workers than cores say nothing of more cores
    start = few["judge"] - few["work"] / few["parts"]
    judged = start + few["work"] / FORESEEN
    rest = min(night["whole"] - night["judge"] for night in nights)  # one slot alone collects part after part
    speed = f"{number(files / judged, '')} files, {number(count / judged, '')} rows a second"
    return said + (
        f"\n\nOf the {number(few['judge'])} in the first row {number(start)} are the start of a task and its wait for "
        f"processors, which each worker pays; the work of {number(few['work'])} divides. {FORESEEN} workers with a "
        f"core each, if nothing else holds them up, would judge in {number(judged)} ({speed}) and the run would take "
        f"{number(rest + judged)}: collecting, loading and the orchestrator's own time, {number(rest)} at "
        "the least, do not divide. That is computed from the table, not measured: this machine has not that many cores."
    )


#: Marker of the document -> its file of measurements and who makes text of it.
PARTS = {
    "bench": ("bench.json", bench),
    "peers": ("peers.json", peers),
    "probes": ("peers.json", probes),
    "stages": ("stages.json", stages),
    "warm": ("stages.json", warm),
    "cosmos": ("cosmos.json", cosmos),
}
SCALE_PARTS = {"workers": ("workers.json", workers)}


def filled(text: str, data: Path, parts: dict[str, Any] = PARTS) -> str:
    """The document with what stands between its markers made anew; every marker must be there."""
    for name, (file, made) in parts.items():
        path = data / file
        body = made(json.loads(path.read_text("utf-8"))) if path.is_file() else "Not measured yet."
        pattern = rf"(<!-- {name}: [^\n]*-->\n).*?(\n<!-- end of {name} -->)"
        text, times = re.subn(pattern, lambda m, body=body: f"{m[1]}\n{body}\n{m[2]}", text, flags=re.S)
        if times != 1:
            raise SystemExit(f"the document has {times} places for {name}, not one")
    return text


def main() -> None:
    """Write the documents and the chart."""
    DOCUMENT.write_text(filled(DOCUMENT.read_text("utf-8"), DATA), "utf-8")
    SCALE.write_text(filled(SCALE.read_text("utf-8"), DATA, SCALE_PARTS), "utf-8")
    if (path := DATA / "peers.json").is_file():
        PICTURE.write_text(chart(json.loads(path.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
