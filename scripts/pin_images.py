"""``make pin``: write the digest of every image behind its tag, in docker-compose.yaml and Dockerfile.

Needs Docker and a way to the images' registry. An image that is pinned already is asked for again: its tag decides.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FILES = ("docker-compose.yaml", "Dockerfile")
#: An image by full version, with or without its digest; an image of our own (cchc:local) has no version.
IMAGE = re.compile(r"(?m)^(\s*image: |FROM )([\w./-]+:\d[\w.-]+)(?:@sha256:[0-9a-f]{64})?")


def images(text: str) -> set[str]:
    """``name:tag`` of everything that a compose file or Dockerfile takes from a registry."""
    return {name for _, name in IMAGE.findall(text)}


def pinned(text: str, digests: dict[str, str]) -> str:
    """The same text with the digest of each image behind its tag."""
    return IMAGE.sub(lambda found: f"{found[1]}{found[2]}@{digests[found[2]]}", text)


def digest(image: str) -> str:
    """``sha256:...`` of what the registry has under a tag now."""
    subprocess.run(["docker", "pull", "--quiet", image], check=True, stdout=subprocess.DEVNULL)
    asked = ["docker", "image", "inspect", "--format", "{{index .RepoDigests 0}}", image]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip().rpartition("@")[2]


def main() -> int:
    """Pin every file; nothing is written unless every image was found."""
    texts = {name: (PROJECT / name).read_text("utf-8") for name in FILES}
    try:
        digests = {image: digest(image) for image in sorted(set().union(*map(images, texts.values())))}
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no digest: {error}; run it where Docker reaches the registry", file=sys.stderr)
        return 1
    for name, text in texts.items():
        (PROJECT / name).write_text(pinned(text, digests), "utf-8")
    print("\n".join(f"{image}@{found}" for image, found in digests.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
