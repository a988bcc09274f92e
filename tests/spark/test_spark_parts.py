"""What a cluster is made of is found, or said to be missing in one sentence."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from spark import parts
from spark.shaded import JARS, moved, write_shaded

PLAIN, SHADED = (
    b"com/fasterxml/jackson/core/JsonFactory",
    b"org/apache/iceberg/shaded/com/fasterxml/jackson/core/JsonFactory",
)


def java(folder: Path, says: str) -> Path:
    """A folder with a program that says of which version it is."""
    program = folder / "bin/java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{says}\"' >&2\n")
    program.chmod(0o755)
    return folder


def class_file(*constants: bytes) -> bytes:
    """A class file of a head, these constants (each with its tag) and a tail."""
    wide = sum(constant[0] in (5, 6) for constant in constants)
    return b"\xca\xfe\xba\xbe\0\0\0\x34" + struct.pack(">H", len(constants) + wide + 1) + b"".join(constants) + b"tail"


def text(of: bytes) -> bytes:
    return b"\x01" + struct.pack(">H", len(of)) + of


def test_of_several_javas_the_one_that_spark_runs_on_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    homes = [java(tmp_path / name, says) for name, says in (("a", "25.0.1"), ("b", "1.8.0_392"), ("c", "17.0.15"))]
    monkeypatch.setattr(parts, "_java_homes", lambda: iter([*homes, tmp_path / "nothing"]))
    assert parts.java_home() == tmp_path / "c"


def test_a_java_that_is_too_new_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_java_homes", lambda: iter([java(tmp_path / "a", "25.0.1")]))
    with pytest.raises(parts.Missing, match=r"no Java 17 \(there is 25\): apt-get install openjdk-17-jre-headless"):
        parts.java_home()


def test_what_is_not_there_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ENVIRONMENT", tmp_path)
    with pytest.raises(parts.Missing, match=r"make \.spark/\.installed"):
        parts.spark_home()
    monkeypatch.setenv("ICEBERG_JAR", str(tmp_path / "none.jar"))
    with pytest.raises(parts.Missing, match=r"ICEBERG_JAR names .*none\.jar: no such file"):
        parts.iceberg(tmp_path)


def test_jars_that_are_named_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, found in (("ICEBERG_JAR", lambda: parts.iceberg(tmp_path)[0]), ("JDBC_JAR", parts.driver)):
        (jar := tmp_path / f"{variable}.jar").touch()
        monkeypatch.setenv(variable, str(jar))
        assert found() == jar


def test_classes_move_with_all_that_names_them_and_nothing_else() -> None:
    wide, number = b"\x05" + b"com/fast", b"\x03\x00\x00\x00\x01"
    before = class_file(wide, text(PLAIN), number, text(b"com.fasterxml.jackson.core"), text(b"java/lang/Object"))
    after = class_file(
        wide,
        text(SHADED),
        number,
        text(b"org.apache.iceberg.shaded.com.fasterxml.jackson.core"),
        text(b"java/lang/Object"),
    )
    assert moved(before) == after


def test_shaded_jars_hold_the_classes_under_their_other_name(tmp_path: Path) -> None:
    for name in JARS:
        with zipfile.ZipFile(tmp_path / f"{name}-2.15.2.jar", "w") as jar:
            jar.writestr(f"com/fasterxml/jackson/{name}.class", class_file(text(PLAIN)))
            jar.writestr("META-INF/LICENSE", "")
    write_shaded(tmp_path, out := tmp_path / "out.jar")
    with zipfile.ZipFile(out) as jar:
        assert sorted(jar.namelist()) == [
            f"org/apache/iceberg/shaded/com/fasterxml/jackson/{name}.class" for name in JARS
        ]
        assert SHADED in jar.read(jar.namelist()[0])
    with pytest.raises(FileNotFoundError, match="holds 0 jars jackson-annotations"):
        write_shaded(tmp_path / "none", out)
