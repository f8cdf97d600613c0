"""The settings of a deployment, read in a process of its own with the variables of a deployment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.pins import ROOT

PRODUCTION = {
    "SECRET_KEY": "Zk3-only-for-this-test-9vQmT2xLw8RbYp5nHc7dJf4gKs6uEa1oNi0-rXy",
    "ALLOWED_HOSTS": "lpo.example",
    "CSRF_TRUSTED_ORIGINS": "https://lpo.example",
    "HTTPS": "1",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgres://lpo_app:not-a-real-one@127.0.0.1:1/lpo",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "REQUIRE_MFA": "1",
}
SHOWN = {
    "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "DEBUG": False,
    "SAMPLE_SIGNINS": False,
    "REQUEST_LIMITS": True,
}


def _python(*arguments: str, var: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = {**kept, **PRODUCTION, "LPO_VAR": str(var), **changed}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_a_deployment_passes_every_check(tmp_path: Path) -> None:
    done = _python("manage.py", "check", "--deploy", "--fail-level", "WARNING", var=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_only_what_binds_neighbours_of_the_host_is_left_to_choose(tmp_path: Path) -> None:
    """HSTS for subdomains and the browsers' preload list; HSTS_PRELOAD=1 switches both on."""
    ask = "import json; from lpo import settings as s; print(json.dumps(s.SILENCED_SYSTEM_CHECKS))"
    plain, preload = (_python("-c", ask, var=tmp_path, **more) for more in ({}, {"HSTS_PRELOAD": "1"}))
    assert json.loads(plain.stdout) == ["security.W005", "security.W021"]
    assert json.loads(preload.stdout) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "security.W009"),
        ({"HTTPS": "0"}, "security.W0"),
        ({"DEBUG": "1"}, "security.W018"),
        ({"REDIS_URL": "", "WEB_CONCURRENCY": "2"}, "lpo.E001"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_deployment_with_a_hole_is_stopped(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    done = _python("manage.py", "check", "--deploy", "--fail-level", "WARNING", var=tmp_path, **changed)
    assert done.returncode != 0
    assert told in done.stdout + done.stderr


def test_a_deployment_hardens_its_cookies(tmp_path: Path) -> None:
    names = list(SHOWN)
    ask = f"import json; from lpo import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    done = _python("-c", ask, var=tmp_path)
    assert done.returncode == 0, done.stderr
    assert dict(zip(names, json.loads(done.stdout), strict=True)) == SHOWN


def test_the_key_of_a_machine_without_one_is_for_its_owner_alone(tmp_path: Path) -> None:
    done = _python("-c", "from lpo import settings", var=tmp_path, SECRET_KEY="")
    assert done.returncode == 0, done.stderr
    key = tmp_path / "secret_key"
    assert len(key.read_text(encoding="ascii")) > 50
    assert key.stat().st_mode & 0o077 == 0


def test_no_secret_is_kept_in_the_repository() -> None:
    """Keys, tokens, private keys, addresses with a password that is not an example."""
    shapes = re.compile(
        r"-----BEGIN (?:\w+ )*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abp]-\w{10,}|AIza[\w-]{35}"
        r"|eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"
    )
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    found = []
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        if not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        if shapes.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(name)
    assert found == []
