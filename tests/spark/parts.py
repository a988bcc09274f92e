"""What a cluster is made of: Java, Spark, the Iceberg runtime, PostgreSQL's JDBC driver; where each is, or what to do.

Spark and, where no Maven repository is reached, the Iceberg runtime come from the environment ``.spark`` that ``make
spark`` installs from its lock. A server of one's own takes Iceberg by its coordinate
``org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.2``: ``ICEBERG_JAR`` names such a file, ``JDBC_JAR`` a driver.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spark.shaded import write_shaded

PROJECT = Path(__file__).parents[2]
#: The environment of ``make spark``.
ENVIRONMENT = PROJECT / ".spark"
#: Of Java, that Spark 3.5 runs on.
JAVAS = (17, 11, 8)
DEBIAN_DRIVER = "libpostgresql-jdbc-java"


class Missing(Exception):
    """A part that is not there, and how to get it, in a sentence."""


@dataclass(frozen=True)
class Parts:
    """``jars``: what Spark does not bring itself, for the class path of driver and executors."""

    java_home: Path
    spark_home: Path
    jars: tuple[Path, ...]


def find_parts() -> Parts:
    """All of them. Raises ``Missing`` for the first that is not there."""
    java, spark = java_home(), spark_home()
    return Parts(java, spark, (*iceberg(spark), driver()))


def java_home() -> Path:
    """The folder of a Java that Spark runs on: ``JAVA_HOME``, the one on the PATH, or one of Debian's folder."""
    found = {}
    for home in _java_homes():
        if version := _version(home):
            found.setdefault(version, home)
    for version in JAVAS:
        if version in found:
            return found[version]
    others = f" (there is {', '.join(map(str, sorted(found)))})" if found else ""
    raise Missing(f"no Java 17{others}: apt-get install openjdk-17-jre-headless, or set JAVA_HOME")


def spark_home() -> Path:
    """The folder of Spark in the environment of its own."""
    found = sorted(ENVIRONMENT.glob("lib/python3*/site-packages/pyspark"))
    if not found:
        raise Missing("no Spark in .spark: make .spark/.installed")
    return found[0]


def iceberg(spark: Path) -> tuple[Path, ...]:
    """The Iceberg runtime: a whole jar where one is named, else that of the wheel with the classes it lacks."""
    if named := _named("ICEBERG_JAR"):
        return (named,)
    scala = re.search(r"spark-core_(2\.\d+)-", " ".join(path.name for path in (spark / "jars").glob("spark-core_*")))
    pattern = f"snowpark_connect_deps_iceberg/jars/iceberg-spark-runtime-3.5_{scala and scala[1]}-*.jar"
    found = sorted(spark.parent.glob(pattern))
    if not found:
        raise Missing("no Iceberg runtime in .spark: make .spark/.installed, or name a jar in ICEBERG_JAR")
    shaded = ENVIRONMENT / "shaded-jackson.jar"
    if not shaded.exists():
        write_shaded(spark / "jars", shaded)
    return (found[0], shaded)


def driver() -> Path:
    """PostgreSQL's JDBC driver: named, Debian's, or Debian's package fetched and unpacked beside Spark."""
    if named := _named("JDBC_JAR"):
        return named
    here = ENVIRONMENT / "driver"
    for folder in (Path("/usr/share/java"), here / "usr/share/java"):
        if (folder / "postgresql.jar").exists():
            return folder / "postgresql.jar"
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise Missing(f"no JDBC driver of PostgreSQL: install {DEBIAN_DRIVER}, or name a jar in JDBC_JAR")
    here.mkdir(exist_ok=True)
    for command in (["apt-get", "download", "--quiet", DEBIAN_DRIVER], ["dpkg", "--extract", "DEB", "."]):
        said = [str(next(here.glob("*.deb"))) if word == "DEB" else word for word in command]
        done = subprocess.run(said, cwd=here, capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"no JDBC driver of PostgreSQL: apt-get update && apt-get install {DEBIAN_DRIVER}")
    return here / "usr/share/java/postgresql.jar"


def _named(variable: str) -> Path | None:
    if not (value := os.environ.get(variable)):
        return None
    if not Path(value).is_file():
        raise Missing(f"{variable} names {value}: no such file")
    return Path(value).resolve()


def _java_homes() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home)
    if java := shutil.which("java"):
        yield Path(java).resolve().parents[1]
    yield from sorted(Path("/usr/lib/jvm").glob("*"))


def _version(home: Path) -> int | None:
    """The main version of the Java in a folder; 8 calls itself 1.8."""
    try:
        said = subprocess.run([home / "bin/java", "-version"], capture_output=True, text=True).stderr
    except OSError:
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None
