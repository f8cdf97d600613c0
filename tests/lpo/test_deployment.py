"""What a deployment starts from: containers, units and their environment fit together, promises are kept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.installation import migrated_sqlite

ROOT = Path(__file__).resolve().parent.parent.parent
VARIABLE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")
STRICT = {
    "SECRET_KEY": "0123456789abcdef" * 4,
    "HTTPS": "1",
    "ALLOWED_HOSTS": "lpo.example.com",
    "DJANGO_SETTINGS_MODULE": "lpo.settings",
    "LPO_HASHED_ASSETS": "1",
}


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _names(name: str) -> dict[str, str]:
    lines = [line for line in _text(name).splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_text("docker-compose.yml"))
    return loaded


def test_every_variable_of_the_containers_stands_in_the_example() -> None:
    used = dict(VARIABLE.findall(_text("docker-compose.yml")))
    assert set(used) == set(_names(".env.example"))
    for name, fallback in used.items():
        if _names(".env.example")[name] == "":
            assert fallback.startswith(":?") or name.startswith("OIDC_"), f"{name} would be empty in silence"
        else:
            assert fallback == f":-{_names('.env.example')[name]}", name


def test_containers_are_closed(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name} is published to the world"
    for name in ("web", "worker", "beat", "release"):
        assert compose["services"][name]["read_only"] is True
    for name in ("postgres", "redis"):
        assert "ports" not in compose["services"][name]
        assert compose["services"][name]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True


def test_only_the_release_step_knows_the_owner(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        assert "OWNER" not in str(compose["services"][name]["environment"]), name
    assert "OWNER_DATABASE_URL" in compose["services"]["release"]["environment"]
    assert "OWNER" not in _text("deploy/lpo.env.example")
    for unit in (ROOT / "deploy/systemd").glob("*.service"):
        assert ("release.env" in unit.read_text()) is (unit.name == "lpo-release.service"), unit.name


def test_nothing_starts_before_the_release_step_is_through(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        waits = compose["services"][name]["depends_on"]["release"]
        assert waits == {"condition": "service_completed_successfully"}, name


def test_service_managers_wait_longer_than_a_graceful_stop_takes(compose: dict[str, Any]) -> None:
    graceful = int(re.search(r"graceful_timeout = (\d+)", _text("lpo/gunicorn_conf.py"))[1])  # type: ignore[index]
    assert int(compose["services"]["web"]["stop_grace_period"].removesuffix("s")) > graceful
    for unit in ("lpo-web.service", "lpo-worker@.service"):
        stop = re.search(r"TimeoutStopSec=(\d+)", _text(f"deploy/systemd/{unit}"))
        assert stop is not None
        assert int(stop[1]) > graceful


def test_images_are_pinned_and_run_as_nobody_special(compose: dict[str, Any]) -> None:
    dockerfile = _text("Dockerfile")
    images = [compose["services"][name]["image"] for name in ("postgres", "redis")]
    images += re.findall(r"^ARG PYTHON_IMAGE=(.+)$", dockerfile, re.MULTILINE)
    assert len(images) == 3
    assert all(re.search(r":\d+\.\d+(\.\d+)?-\w+", image) for image in images), images
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE)[-1] == "10001:10001"
    assert "--require-hashes" in dockerfile
    assert "HEALTHCHECK" in dockerfile


def test_units_and_documents_name_files_that_exist() -> None:
    for name in ("docs/deploy.md", "docker-compose.yml", ".env.example", "lpo/database_roles.py"):
        for path in re.findall(r"(?<![\w/])(?:deploy|docs)/[\w./@-]+\w", _text(name)):
            assert (ROOT / path).exists(), f"{name} speaks of {path}"


def test_every_variable_of_the_settings_is_explained() -> None:
    read = set()
    for name in ("settings", "gunicorn_conf", "logs"):
        source = _text(f"lpo/{name}.py")
        read |= set(re.findall(r'(?:environ\.get|environ\[|flag|names)\(?"(\w+)"', source))
    inner = {"LPO_GREETING", "LPO_LISTENS_ON", "CELERY_EAGER", "DEBUG", "LPO_HASHED_ASSETS", "REQUEST_LIMITS"}
    inner |= {"LPO_COMPONENTS"}  # a page for the people who carry on
    explained = set(re.findall(r"`([A-Z][A-Z_]+)(?:=\w+)?`", _text("docs/deploy.md")))
    assert read - inner - explained == set()


def _manage(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=clean | STRICT | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_is_clean_with_and_without_the_promise_for_subdomains(tmp_path: Path) -> None:
    for preload in ("0", "1"):
        done = _manage(
            "check", "--deploy", "--fail-level", "WARNING", LPO_VAR=str(tmp_path), HSTS_PRELOAD=preload
        )
        assert done.returncode == 0, done.stderr


def test_check_refuses_the_inner_queue_with_two_processes(tmp_path: Path) -> None:
    done = _manage("check", LPO_VAR=str(tmp_path), WEB_CONCURRENCY="2")
    assert done.returncode == 1
    assert "Set REDIS_URL" in done.stderr


def test_the_release_step_can_be_repeated(tmp_path: Path) -> None:
    shutil.copyfile(migrated_sqlite(), tmp_path / "db.sqlite3")
    first = _manage("release", LPO_VAR=str(tmp_path))
    assert (first.returncode, first.stdout.splitlines()[-1]) == (0, "Assets collected."), first.stderr
    again = _manage("release", LPO_VAR=str(tmp_path))
    assert again.stdout.splitlines()[-2:] == ["  No migrations to apply.", "Assets are as they should be."]
    only = _manage(
        "release", "--assets-only", LPO_VAR=str(tmp_path / "other"), LPO_STATIC=str(tmp_path / "image")
    )
    assert (only.returncode, (tmp_path / "image/staticfiles.json").exists()) == (0, True), only.stderr
    assert not (tmp_path / "other/db.sqlite3").exists()
