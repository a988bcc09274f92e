"""Exports for other programs: indicators, the ledger, any published table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cchc.cli import options as o
from cchc.cli.progress import console

app = typer.Typer(no_args_is_help=True, help="Write figures to CSV or XLSX.")

Out = Annotated[Path, typer.Option(help="File to write.")]

LEDGER_COLUMNS = (
    *("system", "unit", "export_date", "dataset", "revision", "outcome"),
    *("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate", "reason", "detail", "warnings"),
    *("repeats", "in_force", "path", "sha256", "size_bytes", "arrived_at"),
)


@app.command()
def indicators(out: Out, workdir: o.Workdir = None) -> None:
    """Every indicator of every unit and period: numerator, denominator, score; group totals as GROUP:<name>."""
    from cchc.publish.exports import export_indicators

    export_indicators(o.settings(workdir), out)
    console.print(f"Written: {out}", highlight=False, soft_wrap=True)


@app.command()
def ledger(out: Out, workdir: o.Workdir = None) -> None:
    """One row a file revision: outcome, reason and row counts."""
    from cchc.ledger import open_ledger
    from cchc.table_file import write_csv

    found = open_ledger(o.settings(workdir).ledger).find()
    told = ({**row, "in_force": str(row["in_force"])} for row in found)  # True and False, which programs have long read
    write_csv(out, LEDGER_COLUMNS, ([row[name] for name in LEDGER_COLUMNS] for row in told))
    console.print(f"Written: {out}", highlight=False, soft_wrap=True)


@app.command()
def table(
    name: Annotated[str, typer.Argument(help="A published table, e.g. ranking_v1.")],
    out: Out,
    edition: Annotated[
        Path | None, typer.Option(help="Folder of an edition: the table as it was then, where the warehouse keeps it.")
    ] = None,
    workdir: o.Workdir = None,
) -> None:
    """Any published table as CSV or XLSX (by the file's ending)."""
    from cchc.editions.folder import snapshots_of
    from cchc.publish.exports import export_table

    at = snapshots_of(edition) if edition else None
    export_table(o.settings(workdir), name, out, "xlsx" if out.suffix == ".xlsx" else "csv", at)
    console.print(f"Written: {out}", highlight=False, soft_wrap=True)


@app.command()
def opendata(
    folder: Annotated[Path, typer.Argument(help="Folder to write: new, empty, or of an older package.")],
    licence: Annotated[
        str, typer.Option(help="CC-BY-4.0, CC0-1.0, ODC-BY-1.0 or ODbL-1.0: under which others may use it.")
    ] = "CC-BY-4.0",
    workdir: o.Workdir = None,
) -> None:
    """What of the published relations is open, as Parquet and CSV with a Frictionless data package and a dictionary."""
    from cchc.pipeline.publishing import publish_open_data

    rows = publish_open_data(o.settings(workdir), folder, licence)
    said = f"{len(rows)} tables, {sum(rows.values()):,} rows"
    console.print(f"Written: {folder} ({said})", highlight=False, soft_wrap=True)


@app.command()
def models(out: Out, workdir: o.Workdir = None) -> None:
    """dbt's documentation of the models as one HTML file: columns, tests, which model reads which, their SQL."""
    from cchc.model.site import write_site
    from cchc.modes import open_up

    settings = o.settings(workdir)
    write_site(settings, out)
    if out.resolve().parent == settings.reports.resolve():
        open_up(settings, settings.reports, settings.reports)
    console.print(f"Written: {out}", highlight=False, soft_wrap=True)


@app.command()
def semantics(out: Out, workdir: o.Workdir = None) -> None:
    """Metrics and dimensions over the published relations, as the semantic manifest that MetricFlow reads."""
    import json

    from cchc.bi.semantic import served_semantics
    from cchc.table_file import whole_file

    found = served_semantics(o.settings(workdir).dbt_target / "semantic_manifest.json")
    with whole_file(out) as part:
        part.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    console.print(f"Written: {out}", highlight=False, soft_wrap=True)


@app.command()
def dashboards(
    out: Out,
    database: Annotated[
        str, typer.Option(help="SQLAlchemy URL under which Superset reaches the warehouse; it asks for a password.")
    ] = "",
    workdir: o.Workdir = None,
) -> None:
    """Our dashboards for a Superset of one's own, as the ZIP that it imports. `make superset` brings one along."""
    from cchc.bi.superset import NOBODY, write_bundle

    titles = write_bundle(o.settings(workdir).dbt_target, out, database or NOBODY)
    console.print(f"Written: {out} ({', '.join(titles)})", highlight=False, soft_wrap=True)
