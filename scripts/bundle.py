"""``make bundle``: a folder with everything that a server without internet needs.

Wheels of ``requirements.server.lock`` for this kind of machine (their hashes hold), the project's source, images where
a container engine runs, ``install.sh``, and ``SHA256SUMS`` of it all. ``--only NAME,NAME`` takes these packages of the
lock alone: for trying the bundle itself, not for a server.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LOCK = "requirements.server.lock"
#: Of the checkout, what no server needs.
LEFT_OUT = ("tests/", ".ci/", ".github/")


def packages(lock: str) -> dict[str, str]:
    """Name -> its lines in a lock file: version, marker, hashes."""
    blocks = re.findall(r"(?m)^[a-z0-9][^\n]*\\\n(?:    [^\n]*\n)+", lock)
    return {re.split(r"[=\s]", block, maxsplit=1)[0]: block for block in blocks}


def write_lock(target: Path, only: list[str]) -> None:
    """The lock of the bundle. Raises ``SystemExit`` for a name that is not in it."""
    known = packages((PROJECT / LOCK).read_text("utf-8"))
    if missing := set(only) - known.keys():
        raise SystemExit(f"not in {LOCK}: {', '.join(sorted(missing))}")
    target.write_text("".join(known[name] for name in only or known), "utf-8")


def download(lock: Path, wheels: Path) -> None:
    """Fetch the wheels with the pip that Python brings along; a wheel whose hash differs ends it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        wanted = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement", lock, "--dest", wheels]
        subprocess.run([*pip, *wanted], check=True)


def pack_source(target: Path) -> None:
    """What git tracks, as it lies here."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    with tarfile.open(target, "w:gz", compresslevel=6) as archive:
        for name in sorted(listed.split("\0")):
            if name and not name.startswith(LEFT_OUT) and (PROJECT / name).is_file():
                archive.add(PROJECT / name, name, recursive=False)


def save_images(target: Path) -> bool:
    """Build and save every image of docker-compose.yaml; False where no engine runs here."""
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True).returncode:
        return False
    compose = ["docker", "compose", "--profile", "*"]
    subprocess.run([*compose, "build"], cwd=PROJECT, check=True)
    subprocess.run([*compose, "pull", "--ignore-buildable"], cwd=PROJECT, check=True)
    named = subprocess.run([*compose, "config", "--images"], cwd=PROJECT, check=True, capture_output=True, text=True)
    subprocess.run(["docker", "save", "--output", target, *sorted(set(named.stdout.split()))], check=True)
    return True


def write_sums(folder: Path) -> None:
    """``SHA256SUMS`` of every file of the bundle, as sha256sum reads it."""
    lines = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and each.name != "SHA256SUMS"):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.relative_to(folder)}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def main(arguments: list[str]) -> int:
    """Make the bundle in a new folder."""
    parser = argparse.ArgumentParser(description="Everything that a server without internet needs.")
    parser.add_argument("--to", type=Path, default=PROJECT / "dist" / "cchc-offline", help="a new folder")
    parser.add_argument("--only", default="", help="names of packages, separated by commas")
    said = parser.parse_args(arguments)
    if said.to.exists():
        print(f"{said.to} is there already: remove it, or name another one with TO=", file=sys.stderr)
        return 1
    said.to.mkdir(parents=True)
    write_lock(said.to / "requirements.lock", [name for name in said.only.split(",") if name])
    download(said.to / "requirements.lock", said.to / "wheels")
    pack_source(said.to / "source.tar.gz")
    shutil.copy(PROJECT / "scripts" / "offline_install.sh", said.to / "install.sh")
    if not said.only and not save_images(said.to / "images.tar"):
        print("no container engine runs here: the bundle has no images")
    write_sums(said.to)
    print(f"{said.to}: {sum(1 for _ in (said.to / 'wheels').iterdir())} wheels")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
