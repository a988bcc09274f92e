"""docker-compose.yaml on a server that nobody looks at: locked down, watched, bounded, without a secret."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml
from resolved import PROJECT, compose, interpolate, services

sys.path.insert(0, str(PROJECT / "scripts"))
import make_secrets
import pin_images

SERVICES = compose()["services"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_locked_down_watched_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    if name == "prepare":  # ends by itself
        assert service["restart"].startswith("on-failure")
    else:
        assert service["restart"] == "unless-stopped" and service["healthcheck"]["test"][0].startswith("CMD")
    assert service["image"] in ("cchc:local", "cchc-superset:local") or pin_images.images(f"image: {service['image']}")
    for port in service.get("ports", ()):
        assert interpolate(port["host_ip"], {}) == "127.0.0.1"


def test_databases_are_on_the_inner_network_alone() -> None:
    file = compose()
    assert file["networks"]["inner"] == {"internal": True}
    for name in ("postgres", "redis", "backup", "prepare", "dag-processor"):
        assert file["services"][name]["networks"] == ["inner"] and "ports" not in file["services"][name]
    assert file["services"]["site"]["networks"] == ["outer"]


def test_the_site_sees_published_files_only_and_can_change_none() -> None:
    assert all(volume.endswith(":ro") for volume in SERVICES["site"]["volumes"])
    assert {volume.split(":")[0] for volume in SERVICES["site"]["volumes"]} == {
        "./scripts/site.conf",
        "report",
        "releases",
    }
    assert "./scripts/site.conf" in str(SERVICES["site"]["volumes"]) and (PROJECT / "scripts" / "site.conf").is_file()


def test_parts_of_airflow_run_in_the_environment_of_the_makefile() -> None:
    for name in ("prepare", "api-server", "dag-processor", "scheduler", "triggerer", "worker"):
        assert SERVICES[name]["command"][:2] == ["python", "scripts/airflow_env.py"]


def test_no_secret_has_a_value_in_the_file(tmp_path: Path) -> None:
    text = (PROJECT / "docker-compose.yaml").read_text("utf-8")
    for name, value in re.findall(r"(\w*(?:PASSWORD|SECRET|KEY)\w*): (.+)", text):
        assert re.fullmatch(r"\$\{\w+:\?make secrets\}", value), name
    for password in re.findall(r"://\w*:([^@\s]+)@", text):
        assert re.fullmatch(r"\$\{\w+(:\?make secrets)?\}", password)
    (tmp_path / ".env").write_text("", "utf-8")
    with pytest.raises(KeyError, match="make secrets"):
        services(tmp_path / ".env")


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert make_secrets.main([], path) == 0
    first = path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    found = dict(re.findall(r"(?m)^(\w+)='([^']+)'$", first))
    assert found.keys() == make_secrets.MADE.keys() and len(set(found.values())) == len(found)
    assert make_secrets.main([], path) == 0 and path.read_text("utf-8") == first
    plain = services(path)["scheduler"]["environment"]
    assert plain["CCHC_AIRFLOW_BROKER"] == ""
    path.write_text(f"{first}CELERY=1\n", "utf-8")
    workers = services(path)["worker"]["environment"]
    assert workers["CCHC_AIRFLOW_BROKER"] == f"redis://:{found['REDIS_PASSWORD']}@redis:6379/0"


def test_a_password_of_any_characters_holds_in_urls(tmp_path: Path) -> None:
    from cchc.server import read_server

    odd = "p@ss/w%rd:$HOME'\"\\ #{}ế"
    path = tmp_path / ".env"
    make_secrets.write(path, make_secrets.completed("OTHER=1\nLEDGER_PASSWORD='old'\n", {"LEDGER_PASSWORD": odd}))
    assert "OTHER=1" in path.read_text("utf-8") and "old" not in path.read_text("utf-8")
    url = services(path)["scheduler"]["environment"]["CCHC_LEDGER"]
    parts = read_server(url, "CCHC_LEDGER").parts
    assert (parts["host"], parts["user"], parts["dbname"], parts["password"]) == ("postgres", "ledger", "ledger", odd)
    assert make_secrets.main(["NO_SUCH"], path) == 1


def test_digests_are_written_behind_every_tag() -> None:
    for name in pin_images.FILES:
        text = (PROJECT / name).read_text("utf-8")
        found = pin_images.images(text)
        assert found and all(re.search(r":\d+\.\d+(\.\d+)?\b", image) for image in found)
        pinned = pin_images.pinned(text, dict.fromkeys(found, f"sha256:{'a' * 64}"))
        assert pinned.count(f"@sha256:{'a' * 64}") == len(re.findall(r"(?m)^(?:\s*image: |FROM )\S+:\d", text))
        assert pin_images.pinned(pinned, dict.fromkeys(found, f"sha256:{'b' * 64}")).count("aaaa") == 0
        if name.endswith(".yaml"):
            assert yaml.safe_load(pinned)["services"].keys() == SERVICES.keys()


def test_every_file_that_is_mounted_is_there() -> None:
    mounted = {v.split(":")[0] for s in SERVICES.values() for v in s["volumes"] if v.startswith("./")}
    assert len(mounted) == 3 and all((PROJECT / name).is_file() for name in mounted)
