"""Templates that offices fill in, and index schemes: what there is, what was published, what the warehouse offers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table
from cchc.cli.trailing import period_of

app = typer.Typer(no_args_is_help=True, help="Index schemes: PAR INDEX, SIPAS, DGI, DDCI, ICT/DTI.")

#: Fit -> what it says, in both languages.
WORDS = {
    "equal": "fits · khớp",
    "half_up": "fits rounded half-up · khớp khi làm tròn",
    "truncated": "fits cut off · khớp khi cắt bớt số lẻ",
    "unrounded": "fits unrounded points only · chỉ khớp với điểm chưa làm tròn",
    "differs": "does not fit · lệch",
    "no_data": "",
    "incomplete": "a part has no points · có phần thiếu điểm",
}
_PERIOD = "2026-09, 2026-Q3, 2026 or START..END."


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command()(template)
    cli.add_typer(app, name="scheme")


def template(
    name: Annotated[str, typer.Argument(help="documents, tasks, investment, survey, portal: see templates.csv.")],
    out: Annotated[Path, typer.Option(help="XLSX file to write.")],
    unit: Annotated[list[str] | None, typer.Option(help="Rows for this unit, filled in; repeatable.")] = None,
    period: Annotated[str | None, typer.Option(help=f"Filled in: {_PERIOD}")] = None,
    workdir: o.Workdir = None,
) -> None:
    """Write a workbook that offices fill in and deliver as declared figures, with drop-downs and locked headings."""
    from cchc.pipeline.orders import today
    from cchc.registry.open import open_registry
    from cchc.templates import write_template

    registry = open_registry(o.settings(workdir).registry_dir)
    rows = write_template(registry, name, out, today(), unit or (), period_of(period) if period else None)
    console.print(f"Written: {out} ({rows} rows to fill in)", highlight=False, soft_wrap=True, markup=False)


@app.command("list")
def list_all(workdir: o.Workdir = None) -> None:
    """Every scheme: family, level, decision, how many editions are known."""
    from cchc.publish.schemes import list_schemes

    rows = [
        [row["scheme"], row["family"], row["level"], row["name_vi"], row["decision"], row["editions"], row["last_year"]]
        for row in list_schemes(o.settings(workdir))
    ]
    print_table(
        "Index schemes · Bộ chỉ số", ["scheme", "family", "level", "name", "decision", "editions", "last"], _years(rows)
    )


def _years(rows: list[list[Any]]) -> list[list[Any]]:
    """A year is a name, no number with a thousands' mark."""
    return [[*row[:-1], None if row[-1] is None else str(row[-1])] for row in rows]


@app.command()
def show(
    scheme: Annotated[str, typer.Argument(help="A scheme, as cchc scheme list names it.")],
    unit: Annotated[str | None, typer.Option(help="Only values of this unit.")] = None,
    year: Annotated[int | None, typer.Option(help="Only of this year. [all; components of the last]")] = None,
    workdir: o.Workdir = None,
) -> None:
    """A scheme's components with what is known of their maxima, its editions, and values with whether they fit."""
    from cchc.publish.schemes import show_scheme

    found = show_scheme(o.settings(workdir), scheme, unit, year)
    head = [found.scheme["name_vi"], found.scheme["issuer"], found.scheme["decision"], found.scheme["note"]]
    console.print(" · ".join(text for text in head if text), highlight=False, markup=False, soft_wrap=True)
    if not found.scheme["is_verified"]:
        console.print("Its text was not read: not verified. · Chưa kiểm chứng với văn bản.", highlight=False)
    print_table(
        "Components · Thành phần",
        ["component", "name", "kind", "maximum", ""],
        [
            [
                f"{'  ' * row['depth']}{row['node']}",
                row["name_vi"],
                row["node_kind"],
                _plain(row["max_score"]),
                row["max_basis"],
            ]
            for row in found.nodes
        ],
    )
    print_table(
        "Editions · Kỳ công bố",
        ["edition", "year", "published", "ranked", "mean %", "change", "source"],
        [
            [
                row["edition"],
                str(row["year"]),
                row["published_at"],
                row["ranked_units"],
                _plain(row["mean_percent"]),
                _plain(row["mean_change"]),
                row["source"],
            ]
            for row in found.editions
        ],
    )
    if found.values:
        names = ["unit", "component", "year", "self", "score", "%", "computed %", "rank", "check"]
        print_table("Values · Kết quả", names, [_value(row) for row in found.values])


def _value(row: dict[str, Any]) -> list[Any]:
    score = _plain(row["score"])
    if score and row["max_score"] is not None:
        score = f"{score} of {_plain(row['max_score'])}"
    ranked = row["rank_of"] or row["ranked_units"]
    rank = None if row["rank"] is None else f"{row['rank']} of {ranked}" if ranked else str(row["rank"])
    if rank and row["rank_change"] is not None:
        rank = f"{rank} ({row['rank_change']:+d})"
    self_score = _plain(row["self_score"])
    said = [WORDS[row["percent_fit"]]]
    if row["percent_fit"] == "unrounded":
        said.append(f"{_plain(row['needed_low'])} to below {_plain(row['needed_high'])}")
    if row["parts_fit"] in ("differs", "incomplete"):
        said.append(f"parts {_plain(row['parts_score'])}: {WORDS[row['parts_fit']]}")
    value = score if score is not None else _plain(row["raw_value"])
    check = "; ".join(text for text in said if text)
    unit, year = f"{row['unit_code']} {row['unit_name'] or ''}".strip(), str(row["year"])
    percents = [_plain(row["percent"]), _plain(row["recomputed_percent"])]
    return [unit, row["node"], year, self_score, value, *percents, rank, check]


@app.command()
def offer(
    scheme: Annotated[str, typer.Argument(help="A scheme, as cchc scheme list names it.")],
    unit: Annotated[str, typer.Option(help="Agency code.")],
    period: Annotated[str, typer.Option(help=_PERIOD)],
    out: Annotated[Path | None, typer.Option(help="Write it to this CSV file.")] = None,
    workdir: o.Workdir = None,
) -> None:
    """Figures that a scheme asks for and the warehouse has, with their origin, beside what the unit declared."""
    from cchc.publish.schemes import offers
    from cchc.table_file import write_csv

    start, end = period_of(period)
    found = offers(o.settings(workdir), scheme, unit, start, end)
    names = ["component", "indicator", "name", "warehouse", "%", "origin", "declared", "%", "declared in", "difference"]
    rows = [
        [
            each.node,
            each.indicator,
            each.indicator_vi,
            _counts(each.computed),
            _plain(each.computed.percent) if each.computed else each.null_reason,
            f"{each.computed.source}, {each.computed.origin}" if each.computed else None,
            _counts(each.declared),
            _plain(each.declared.percent) if each.declared else None,
            each.declared.origin if each.declared else None,
            _difference(each),
        ]
        for each in found
    ]
    if out is not None:
        unique = [
            *names[:4],
            "warehouse_percent",
            "origin",
            "declared",
            "declared_percent",
            "declared_in",
            "difference",
        ]
        console.print(f"Written: {write_csv(out, unique, rows)}", highlight=False, soft_wrap=True, markup=False)
        return
    print_table(f"{scheme}: {unit}, {start} to {end}", names, rows)
    unverified = sum(not each.is_verified for each in found)
    if unverified:
        console.print(f"{unverified} of these by a proposal of this project: index_figures.csv", highlight=False)
    console.print(f"The rows behind one: cchc trail --unit {unit} --indicator NAME --period {period}", highlight=False)


def _counts(figure: Any) -> str | None:
    return None if figure is None else f"{_plain(figure.numerator)}/{_plain(figure.denominator)}"


def _difference(each: Any) -> str | None:
    if each.is_different is None:
        return None
    if not each.is_different:
        return "none · khớp"
    points = each.difference
    return "counts differ · lệch số đếm" if points is None else f"{points:+} points · điểm phần trăm"


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize() + 0, "f")
