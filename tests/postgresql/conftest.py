"""Tests of what only PostgreSQL has. The round on SQLite does not collect them; `make test-services` does."""

from __future__ import annotations

from django.conf import settings

if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    collect_ignore_glob = ["test_*.py"]
