"""Coverage-guided fuzzing (atheris) of what opens files: archives, encodings, workbooks, web tables, JSON, CSV.

    make fuzz-guided SECONDS=60                                        every target, so many seconds each
    PYTHONPATH=tests .venv/bin/python -m fuzz.guided --target sheet    one of them
    PYTHONPATH=tests .venv/bin/python -m fuzz.guided --target sheet --input FILE      one input again

Each target hands bytes to the read stage as a delivered file. Whatever it raises but the refusal of that file, and
what takes over ten seconds or two gigabytes, is a finding; its input is kept. libFuzzer never returns, so each target
is a process of its own.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from fuzz import packed
from fuzz.books import part_of, with_part
from fuzz.contract import DAY, FORMS, Form
from fuzz.make import case

TARGETS = {
    "archive": ("feedback", ""),
    "encoding": ("csv-a", ""),
    "table": ("csv-a", ""),
    "envelope": ("json-2022", ""),
    "lines": ("json-2026", ""),
    "workbook": ("xlsx-a", ""),
    "sheet": ("xlsx-a", "xl/worksheets/sheet1.xml"),
    "book": ("xlsx-a", "xl/workbook.xml"),
    "strings": ("xlsx-a", "xl/sharedStrings.xml"),
    "relations": ("xlsx-a", "xl/_rels/workbook.xml.rels"),
    "web": ("xlsx-a", "web"),
}
SEEDS = 40  # files of the mutating fuzzer to begin with
LARGEST = 1 << 16
WRONG = 77  # exit code of libFuzzer where an input raised


def _form(target: str) -> Form:
    return next(form for form in FORMS if form.name == TARGETS[target][0])


def _sound(form: Form) -> bytes:
    """The first file that nothing was done to."""
    return next(one.content for one in (case(1, number, [form]) for number in range(5000)) if one.meant.readable)


def seeds(target: str, folder: Path) -> None:
    """Inputs to begin with: mutated files of the form, or parts of them."""
    form, part = _form(target), TARGETS[target][1]
    for number in range(SEEDS):
        content = case(2, number, [form]).content
        if part == "web":
            content = b"<html><table><tr><td>M\xc3\xa3 h\xe1\xbb\x93 s\xc6\xa1</td></tr></table></html>"
        elif part:
            try:
                content = part_of(content, part)
            except (zipfile.BadZipFile, KeyError, OSError):
                continue
        elif target == "archive":
            content = packed.contained(Random(number), form, content)[0]
        (folder / f"{number:03d}").write_bytes(content[:LARGEST])


def reader(target: str, home: Path) -> Callable[[bytes], None]:
    """The function that is fuzzed: bytes as a delivered file into the read stage."""
    from cchc import scratch
    from cchc.contracts import DeliveryKey, Revision
    from cchc.errors import FileRefused
    from cchc.read import Opened, read_batch
    from cchc.read.unpack import to_text
    from cchc.registry.open import open_registry

    form, part = _form(target), TARGETS[target][1]
    registry, con = open_registry(None), scratch.connect(form.dialect, 1)
    spec = registry.systems[form.system].spec(form.dataset)
    assert spec is not None
    name = packed.name_of(form) + (".gz" if target == "archive" else "")
    key, path = DeliveryKey(form.system, form.unit, DAY, form.dataset), f"{form.system}/{form.unit}/{DAY}/{name}"
    blob, book = home / "input", _sound(form) if part and part != "web" else b""

    def read(data: bytes) -> None:
        content = with_part(book, part, data) if book else data
        blob.write_bytes(content)
        if target == "encoding":
            try:
                text = to_text(data[1:], ("utf-8", "utf-16", "utf-16-le")[data[0] % 3] if data else "utf-8").content
            except FileRefused:
                return
            assert b"\0" not in text and text.decode() is not None
            return
        batch = read_batch([Opened(0, Revision(key, path, 1, "0" * 64, len(content)), spec, blob)], registry, con)
        assert bool(batch.refused) != (0 in batch.rows), "neither refused nor read, or both"
        assert batch.table.num_rows <= batch.rows.get(0, 0), "more rows than were counted"

    return read


def run(target: str, seconds: int, keep: Path, inputs: list[str]) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["cchc.read", "cchc.registry.text"]):
        import cchc.read
        import cchc.registry.text

        for module in pkgutil.iter_modules(cchc.read.__path__):  # readers are imported when first used
            importlib.import_module(f"cchc.read.{module.name}")
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cchc-guided-") as home:
        corpus = Path(home) / "corpus"
        corpus.mkdir()
        seeds(target, corpus)
        read = reader(target, Path(home))
        options = [f"-max_total_time={seconds}", f"-artifact_prefix={keep}/{target}-", f"-error_exitcode={WRONG}"]
        options += ["-timeout=10", "-rss_limit_mb=2048", f"-max_len={LARGEST}", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *options, *(inputs or [str(corpus)])], read)
        atheris.Fuzz()


def main() -> int:
    """Every target in a process of its own; exit code 1 where one of them found something."""
    parser = argparse.ArgumentParser(prog="fuzz.guided", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="of each target")
    parser.add_argument("--target", choices=TARGETS, help="only this one, in this process")
    parser.add_argument("--input", nargs="*", default=[], help="with --target: only these inputs")
    parser.add_argument("--keep", type=Path, default=Path("var/fuzz"), help="folder for the inputs that fail")
    options = parser.parse_args()
    if options.target:
        run(options.target, options.seconds, options.keep, options.input)
    found = 0
    for target in TARGETS:
        command = [sys.executable, "-m", "fuzz.guided", "--target", target, "--seconds", str(options.seconds)]
        with tempfile.TemporaryDirectory(prefix="cchc-guided-") as scratch:  # the child never gets to clean up
            environment = {**os.environ, "POLARS_MAX_THREADS": "1", "TMPDIR": scratch}
            command += ["--keep", str(options.keep)]
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
        told = done.stdout + done.stderr
        runs = re.search(r"number_of_executed_units:\s*(\d+)", told)
        covered = re.findall(r"cov: (\d+)", told)
        state = "nothing found" if done.returncode == 0 else f"FOUND (exit code {done.returncode})"
        print(f"{target:10} {runs[1] if runs else '?':>8} runs, {covered[-1] if covered else '?':>5} edges: {state}")
        if done.returncode:
            found += 1
            lines = [line for line in told.splitlines() if not line.startswith(("#", "INFO", "stat::"))]
            print("\n".join(f"    {line[:160]}" for line in lines[-25:]), flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
