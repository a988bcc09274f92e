"""What is published: report pages, editions, approvals; and the check of an edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table

if TYPE_CHECKING:
    from cchc.editions import Edition
    from cchc.registry.open import Registry
    from cchc.settings import Settings
    from cchc.shelf import Place

app = typer.Typer(help="Report pages; editions of a period's ranking, and their approval.")

OnePeriod = Annotated[str, typer.Option(help="A period such as 2026-09, 2026-Q3, 2026, or START_END.")]
Method = Annotated[str | None, typer.Option(help="Scoring method. Default: the period's default method.")]
Province = Annotated[str | None, typer.Option(help="Agency code of a province. Default: every province ranked.")]
Releases = Annotated[
    Path | None, typer.Option("--out", help="Folder of the editions. [CCHC_RELEASES or releases in the working folder]")
]


@app.callback(invoke_without_command=True)
def publish(
    context: typer.Context,
    period: Annotated[
        list[str] | None, typer.Option(help="A period such as 2026-09, 2026-Q3, 2026. Default: all.")
    ] = None,
    workdir: o.Workdir = None,
    verbose: o.Verbose = 0,
) -> None:
    """Write the report pages from the publish models; or, with a command, an edition or its approval."""
    if context.invoked_subcommand is not None:
        return
    from cchc.pipeline.publishing import publish_report

    for path in publish_report(o.settings(workdir), period or None):
        console.print(str(path), highlight=False, soft_wrap=True)


@app.command()
def site(
    out: Annotated[Path, typer.Option(help="Folder to write: new, empty, or of an older site of the same copy.")],
    copy: Annotated[
        o.Copy, typer.Option(help="public: no dossier codes and no count that is too small; office: everything.")
    ] = o.Copy.PUBLIC,
    period: Annotated[
        list[str] | None, typer.Option(help="A period such as 2026-09, 2026-Q3, 2026. Default: all.")
    ] = None,
    workdir: o.Workdir = None,
    verbose: o.Verbose = 0,
) -> None:
    """Write the site: every period, province and approved edition as linked pages that need no network."""
    from cchc.pipeline.publishing import publish_site
    from cchc.site import Copy

    found = publish_site(o.settings(workdir), out, Copy(copy), period or None)
    hidden = f", {found.hidden:,} cells of counts not shown" if found.hidden else ""
    console.print(f"{found.copy} copy: {found.pages:,} pages, {found.tables:,} tables{hidden}", highlight=False)
    console.print(str(found.folder / "index.html"), highlight=False, soft_wrap=True)


@app.command()
def edition(
    period: OnePeriod,
    workdir: o.Workdir = None,
    out: Releases = None,
    method: Method = None,
    province: Province = None,
    reason: Annotated[
        str | None,
        typer.Option(
            help="Why a final edition gets a successor: late_data, better_data, method, correction, synchronisation, "
            "adjustment."
        ),
    ] = None,
    note: Annotated[str, typer.Option(help="A sentence to the reason.")] = "",
    verbose: o.Verbose = 0,
) -> None:
    """Write the edition of a period: tables, pages and method as files with a signed manifest.

    A draft is written anew; what somebody approved never changes.
    """
    from cchc.editions import write_editions

    settings, registry, releases = _installed(workdir, out)
    _show(write_editions(settings, registry, period, releases, method, province, reason, note))
    console.print(f"Next: cchc publish approve --period {period} --by NAME", highlight=False)


@app.command()
def anomalies(
    period: OnePeriod,
    workdir: o.Workdir = None,
    out: Releases = None,
    method: Method = None,
    province: Province = None,
) -> None:
    """What to look at before approving a period's ranking: units missing, abrupt changes, full marks on no case, ..."""
    from cchc.editions import KINDS, look_first

    settings, registry, releases = _installed(workdir, out)
    found = look_first(settings, registry, period, releases, method, province)
    if not found:
        console.print("Nothing unusual.")
        return
    print_table(
        f"{len(found)} things to look at · {len(found)} điều cần xem trước khi duyệt",
        ["what", "unit", "name", "figures"],
        [[f"{each.kind} · {KINDS[each.kind]}", each.unit_code, each.unit_name, each.text] for each in found],
    )


@app.command()
def compare(
    period: OnePeriod,
    workdir: o.Workdir = None,
    out: Releases = None,
    method: Method = None,
    province: Province = None,
) -> None:
    """What the final edition of a period would now be: units whose rank or total would differ, and why."""
    from cchc.editions import would_now_be

    settings, registry, releases = _installed(workdir, out)
    found = would_now_be(settings, registry, period, releases, method, province)
    if not found:
        console.print(f"No edition of {period} is final yet: cchc publish approve --period {period} --by NAME")
    for each in found:
        console.print(f"{each.edition.folder}: {len(each.moved.rows)} units would now stand elsewhere", soft_wrap=True)
        if each.moved.rows:
            print_table(
                "Would now be · Theo số liệu hiện nay",
                ["unit", "name", "total", "rank", "why"],
                [
                    [unit, name, f"{before or '-'} -> {now or '-'}", f"{rank_before or '-'} -> {rank or '-'}", causes]
                    for unit, name, before, now, rank_before, rank, causes in each.moved.rows
                ],
            )


@app.command()
def approve(
    period: OnePeriod,
    by: Annotated[str, typer.Option(help="Name of the person who answers for the figures.")],
    workdir: o.Workdir = None,
    out: Releases = None,
    method: Method = None,
    province: Province = None,
    note: Annotated[str, typer.Option(help="What the person wants to be remembered.")] = "",
) -> None:
    """Approve the newest edition of a period. The approval holds for its very bytes and for nothing else."""
    from cchc.editions import approve as approve_editions

    settings = o.settings(workdir)
    _show(approve_editions(settings, out or settings.editions, period, by, method, province, note))
    console.print("Next: cchc verify EDITION_DIR", highlight=False)


def verify(
    edition_dir: Annotated[str, typer.Argument(help="Folder of one edition (…/r1), or its URL in a store.")],
    landing: Annotated[
        str | None,
        typer.Option(help="Also hash every landed file that the edition used, and recount the indicators from them."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write every recounted figure to this CSV file: what it says, what is counted.")
    ] = None,
    workdir: o.Workdir = None,
) -> None:
    """Check an edition offline: hashes, signature, and every score, total, rank and band anew from its indicators.

    With --landing also every numerator and denominator anew from the landed files: read, judged and counted in code
    that shares nothing with the models. The working folder's ledger says which rows were released and which bytes were
    destroyed by law; its registry (or CCHC_REGISTRY) has to be the edition's.
    """
    from cchc.cli.verifying import recount_edition
    from cchc.editions.folder import Edition
    from cchc.shelf import place_of
    from cchc.verify import verify as find_wrong

    if out is not None and landing is None:
        raise typer.BadParameter("figures are recounted from landed files: --landing names their folder")
    edition = place_of(edition_dir)
    if not edition.is_dir():
        raise typer.BadParameter(f"{edition_dir} is no folder of an edition")
    wrong = find_wrong(edition)
    if landing is not None and not wrong:
        wrong = recount_edition(o.settings(workdir), edition, place_of(landing), out)
    for line in wrong[:50]:
        console.print(line, style="red", highlight=False, markup=False, soft_wrap=True)
    if wrong:
        console.print(f"{len(wrong)} things do not hold in {edition_dir}", highlight=False, soft_wrap=True)
        raise typer.Exit(1)
    found = Edition(edition, 0)
    signed = "signed" if found.is_signed else "not signed"
    what = "All holds" if landing is None else "All that could be checked holds"
    console.print(f"{what}: {edition_dir} ({found.state}, {signed})", highlight=False, soft_wrap=True)


def _installed(workdir: Path | None, out: Path | None) -> tuple[Settings, Registry, Place]:
    """What every command about editions works with: settings, registry, folder of the editions."""
    from cchc.registry.open import open_registry

    settings = o.settings(workdir)
    return settings, open_registry(settings.registry_dir), out or settings.editions


def _show(editions: list[Edition]) -> None:
    for each in editions:
        manifest, approval = each.manifest, each.approval
        approved = f"approved by {approval['approved_by']}" if approval else "not approved"
        signed = "signed" if each.is_signed else "not signed: CCHC_SIGNING_KEY is empty"
        about = f"{manifest['counts']['ranking']} units, data to {manifest['data_as_of']}"
        console.print(f"{each.folder}", highlight=False, soft_wrap=True)
        console.print(f"  {each.state}; {approved}; {signed}; {about}", highlight=False, markup=False, soft_wrap=True)
