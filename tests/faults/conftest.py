"""Private servers for all fault tests, one prepared installation on each database, and where figures go."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import summary
from tests.faults.house import House, house_from
from tests.services import Postgres, Redis, private_postgres, private_redis

Figure = Callable[[str, str], None]
_figures: dict[str, str] = {}
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL that tests may restart: it runs again when a test is over."""
    with private_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """A Redis that tests may stop or freeze."""
    with private_redis() as server:
        yield server


@pytest.fixture(scope="session")
def prepared_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in the database ``sample``; gives the folder that belongs to it."""
    house = House(tmp_path_factory.mktemp("postgres"), postgres.create_database("sample"))
    house.manage("prepare")
    return house.var


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample on SQLite; gives its folder."""
    house = House(tmp_path_factory.mktemp("sqlite"))
    house.manage("prepare")
    return house.var


@pytest.fixture
def on_services(postgres: Postgres, redis: Redis, prepared_postgres: Path) -> Iterator[House]:
    """An installation on PostgreSQL and Redis; nothing of it runs yet."""
    postgres.start()
    redis.start()
    redis.thaw()
    with redis.client() as client:
        client.flushall()
    url = postgres.create_database(f"house{next(_numbers)}", template="sample")
    with house_from(prepared_postgres, database_url=url, redis_url=redis.url) as house:
        yield house


@pytest.fixture
def on_sqlite(prepared_sqlite: Path) -> Iterator[House]:
    """An installation as `make run` gives it; nothing of it runs yet."""
    with house_from(prepared_sqlite) as house:
        yield house


@pytest.fixture
def figure(capsys: pytest.CaptureFixture[str]) -> Figure:
    """Print a measured figure and keep it for the summary."""

    def note(what: str, value: str) -> None:
        _figures[what] = value
        with capsys.disabled():
            print(f"\n    {what}: {value}")

    return note


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the figures of a run without failures, where `make test-faults` asks for it."""
    if os.environ.get("LPO_WRITE_FIGURES") == "1" and exitstatus == 0 and _figures:
        summary.write(_figures)
