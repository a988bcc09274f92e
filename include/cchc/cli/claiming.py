"""Claims: check published figures and draft reports, list those that ship, write them as a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cchc.cli import options as o
from cchc.cli.progress import console, print_table

if TYPE_CHECKING:
    from cchc.claims import Judged, Sentence
    from cchc.publish import Reader

app = typer.Typer(no_args_is_help=True, help="Published figures and draft reports: check, list, page.")

_Spoken = Annotated[o.Language, typer.Option("--lang", help="Language of the explanations: vi or en.")]


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="List of claims (.csv), or a draft report (.docx, .txt).")],
    out: Annotated[Path | None, typer.Option(help="CSV file to write; a list of claims needs one.")] = None,
    lang: _Spoken = o.Language.VI,
    workdir: o.Workdir = None,
) -> None:
    """Judge a list of claims, or a report by sentence: against itself, and against the warehouse where there is one."""
    if file.suffix.lower() == ".csv":
        _check_list(file, out, lang.value, workdir)
    else:
        _check_report(file, out, lang.value, workdir)


@app.command("list")
def list_claims(
    out: Annotated[Path | None, typer.Option(help="Write the whole list with its verdicts to this CSV file.")] = None,
    lang: _Spoken = o.Language.VI,
) -> None:
    """List the claims that ship with the program, each with its verdict."""
    from cchc.claims import shipped, shipped_rows, write_judged

    rows, judged = shipped_rows(), shipped()
    if out is not None:
        write_judged(out, list(rows[0]), rows, judged, lang.value)
        console.print(f"{len(judged)} claims: {out}", highlight=False, soft_wrap=True)
        return
    columns = ["id", "claim", "recomputed", "verdict"]
    print_table(
        "Claims · Số liệu đã công bố",
        columns,
        [[each.claim.id, each.claim.stated_text, each.recomputed, each.verdict.value] for each in judged],
    )
    console.print(_tally(judged), highlight=False)


@app.command()
def page(
    out: Annotated[Path, typer.Option(help="HTML file to write.")],
    file: Annotated[Path | None, typer.Option("--from", help="List of claims (.csv). [the shipped ones]")] = None,
    workdir: o.Workdir = None,
) -> None:
    """Write judged claims as one static page that asks no network."""
    from cchc.claims import claims_of, judge_all, read_claims, shipped, write_page

    judged = shipped() if file is None else _beside(judge_all(claims_of(read_claims(file)[1])), workdir)
    write_page(out, judged)
    console.print(f"{_tally(judged)}: {out}", highlight=False, soft_wrap=True)


def _check_list(file: Path, out: Path | None, language: str, workdir: Path | None) -> None:
    from cchc.claims import claims_of, judge_all, read_claims, write_judged

    if out is None:
        raise typer.BadParameter("a list of claims needs a file to write: --out OUT.csv")
    names, rows = read_claims(file)
    judged = _beside(judge_all(claims_of(rows)), workdir)
    write_judged(out, names, rows, judged, language)
    console.print(f"{_tally(judged)}: {out}", highlight=False, soft_wrap=True)


def _check_report(file: Path, out: Path | None, language: str, workdir: Path | None) -> None:
    from cchc.claims import ANSWER_COLUMNS, compare_report, judge_report, paragraphs, row
    from cchc.table_file import write_csv

    lines = paragraphs(file)
    sentences = judge_report(lines)
    with _reader(workdir) as reader:
        if reader is not None:
            sentences = compare_report(reader, [each.text for each in lines], sentences)
    if out is not None:
        write_csv(out, ANSWER_COLUMNS, (row(each, language) for each in sentences))
        console.print(f"{_answers(sentences)}: {out}", highlight=False, soft_wrap=True)
        return
    for each in sentences:
        _say(each, language)
    console.print(_answers(sentences), highlight=False)


def _say(sentence: Sentence, language: str) -> None:
    from cchc.claims import Answer

    style = {Answer.GOOD: "green", Answer.MEND: "bold red", Answer.OPEN: "yellow"}[sentence.answer]
    plain = {"highlight": False, "markup": False, "soft_wrap": True}
    console.print(sentence.answer.value, style=style, end="  ", **plain)  # type: ignore[arg-type]
    console.print(f"[{sentence.paragraph}.{sentence.number}] {sentence.text}", **plain)  # type: ignore[arg-type]
    console.print(f"    {sentence.explanation(language)}", style="dim", **plain)  # type: ignore[arg-type]
    if sentence.should_be:
        console.print(f"    Nên ghi: {sentence.should_be}", **plain)  # type: ignore[arg-type]
    if sentence.not_understood:
        console.print(f"    Chưa hiểu: {'; '.join(sentence.not_understood)}", style="dim", **plain)  # type: ignore[arg-type]


def _beside(judged: list[Judged], workdir: Path | None) -> list[Judged]:
    """The claims beside the warehouse, where there is one."""
    from cchc.claims import compare_claims

    with _reader(workdir) as reader:
        return judged if reader is None else compare_claims(reader, judged)


@contextmanager
def _reader(workdir: Path | None) -> Iterator[Reader | None]:
    """What is served; None, and a word about it, where nothing is yet."""
    from cchc.claims import RELATIONS
    from cchc.errors import BuildError
    from cchc.publish import open_reader

    with ExitStack() as stack:
        try:
            reader = stack.enter_context(open_reader(o.settings(workdir)))
            found: Reader | None = reader if reader.served() >= RELATIONS else None
        except BuildError:
            found = None
        if found is None:
            console.print("No warehouse here: judged against itself only.", style="dim", highlight=False)
        yield found


def _tally(judged: list[Judged]) -> str:
    from cchc.claims import Verdict

    counts = {verdict: sum(each.verdict is verdict for each in judged) for verdict in Verdict}
    return f"{len(judged)} claims: " + ", ".join(f"{n} {verdict.value}" for verdict, n in counts.items() if n)


def _answers(sentences: list[Sentence]) -> str:
    from cchc.claims import Answer

    counts = {answer: sum(each.answer is answer for each in sentences) for answer in Answer}
    return f"{len(sentences)} câu có số liệu: " + ", ".join(f"{n} {answer.value}" for answer, n in counts.items())
