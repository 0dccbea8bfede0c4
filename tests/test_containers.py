"""Dockerfile and compose.yaml say what the program does: read here, and what they run is run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from musicgen_web.settings import Settings, read
from tests.support.server import ROOT, Server, running

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
LAST_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]


def environment() -> dict[str, str]:
    block = re.search(r"^ENV (.+?)(?<!\\)$", LAST_STAGE, re.MULTILINE | re.DOTALL)
    assert block is not None
    return dict(part.split("=", 1) for part in shlex.split(block[1].replace("\\\n", " ")))


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def test_everything_that_is_copied_exists_and_the_wheel_gets_all_it_needs() -> None:
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]
    }
    assert all((ROOT / name).exists() for name in copied)
    assert {"pyproject.toml", "musicgen_web", "diffrhythm", "templates", "static", "migrations"} <= copied
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not copied & set(ignored)


def test_the_settings_of_the_image_are_settings_and_bind_beyond_the_container_knowingly() -> None:
    settings = read({name: value for name, value in environment().items() if name.startswith("MUSICGEN_")})
    assert (settings.host, settings.auth, settings.data_dir) == ("0.0.0.0", "off", Path("/data"))


def test_it_does_not_run_as_root_and_keeps_songs_and_weights_in_volumes() -> None:
    user = re.search(r"^USER (\w+)$", LAST_STAGE, re.MULTILINE)
    assert user and user[1] != "root"
    assert 'VOLUME ["/data", "/models"]' in LAST_STAGE and environment()["MODEL_CACHE_DIR"] == "/models"


@pytest.mark.parametrize("name", ["musicgen", "gpu"])
def test_the_service_stops_gently_comes_back_and_is_published_on_this_machine_alone(name: str) -> None:
    services = COMPOSE["services"]
    service = services["musicgen"] | services[name]
    assert seconds(service["stop_grace_period"]) > Settings().shutdown_grace_seconds
    assert service["restart"] == "unless-stopped"
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert sorted(volume.split(":")[1] for volume in service["volumes"]) == ["/data", "/models"]


def test_the_processor_is_the_default_and_the_graphics_device_a_profile() -> None:
    services = COMPOSE["services"]
    assert "profiles" not in services["musicgen"] and "deploy" not in services["musicgen"]
    (device,) = services["gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert services["gpu"]["profiles"] == ["gpu"] and device["driver"] == "nvidia"
    extras = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"\n{services['gpu']['build']['args']['EXTRAS']} = [" in extras


def test_the_health_check_finds_the_server_that_the_image_starts(tmp_path: Path) -> None:
    settings = {name: value for name, value in environment().items() if name.startswith("MUSICGEN_")}
    settings |= {"MUSICGEN_DATA_DIR": str(tmp_path / "data")}
    (check,) = re.findall(r'HEALTHCHECK .+ CMD \["musicgen", "(\w+)"\]', LAST_STAGE)
    with running(tmp_path / "data", environment=settings) as server:
        assert _run(server, check).returncode == 0
        assert server.stop() == 0
        assert _run(server, check).returncode == 1


def _run(server: Server, command: str) -> subprocess.CompletedProcess[bytes]:
    places = {"MUSICGEN_DATA_DIR": str(server.data), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-m", "musicgen_web", command], env=places, capture_output=True, check=False)
