"""`make bench-load`: 50 people at once for a minute, four reads to one write, against real server processes.

SQLite: what `make run` starts, one process of four threads. PostgreSQL: two web processes of four threads,
Redis and a worker. Everything listens on 127.0.0.1 and ends with the command. Writes are the forms of the
pages with their CSRF token; afterwards every successful write must stand on the audit trail, once. Any answer
that is not the expected one fails the command. `LOAD_USERS` and `LOAD_SECONDS` change the round; no file.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.bench_file import machine, write_section
from tests.installation import ROOT, manage
from tests.services import dies_with_us, free_port, private_postgres, private_redis

USERS = min(200, int(os.environ.get("LOAD_USERS", "50")))
SECONDS = min(300, int(os.environ.get("LOAD_SECONDS", "60")))
TASKS, PROVIDERS = 10_000, 1_000
THINK = (2.0, 4.0)
WRITES = 0.2
TIMEOUT = 30
READS = (
    *("", "tasks/", "tasks/?page=20", "tasks/?sort=cost&down=1", "tasks/?show=PILOT&page=2"),
    *("tasks/?q=abstraction", "tasks/?gate=G08", "providers/", "providers/?page=7&sort=name"),
    *("providers/?q=pune", "providers/?evidence=claims", "search/?q=harbor", "search/?q=s00012"),
    *("tasks/{task}/", "providers/{provider}/", "selection/{selection}/ranking/", "reports/"),
)


@dataclass
class Seen:
    """What happened: seconds by kind of request, what failed, and the writes by the verb of their event."""

    times: dict[str, list[float]] = field(default_factory=lambda: {"read": [], "write": []})
    failures: list[str] = field(default_factory=list)
    written: Counter[str] = field(default_factory=Counter)


class Person(threading.Thread):
    """One signed-in member who reads, thinks and now and then writes; nobody else writes their rows."""

    def __init__(self, address: str, facts: dict[str, Any], until: float, seen: Seen) -> None:
        super().__init__(daemon=True)
        self.base, self.facts, self.until, self.seen = address, facts, until, seen
        self.chance = random.Random(facts["number"])
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy stands between us and 127.0.0.1
        self.http.cookies.set("sessionid", facts["session"])
        self.token = ""
        self.round = 0

    def run(self) -> None:
        """Arrive within the first seconds, then read and write until the time is over."""
        time.sleep(self.chance.uniform(0, THINK[1]))
        page = self._ask("read", "tasks/")
        found = re.search(r'data-csrf="([^"]+)"', page.text) if page else None
        if found is None:
            self.seen.failures.append("a page without a CSRF token")
            return
        self.token = found[1]
        while time.monotonic() < self.until:
            time.sleep(self.chance.uniform(*THINK))
            self._write() if self.chance.random() < WRITES else self._read()

    def _read(self) -> None:
        self._ask("read", self.chance.choice(READS).format(**self.facts))

    def _write(self) -> None:
        self.round += 1
        writes = {"counsel": self._answer, "procurement": self._measure, "manager": self._report}
        writes[self.facts["role"]]()

    def _answer(self) -> None:
        """Counsel answers a factor in the list; each level differs from the one before."""
        level = 1 + (self.facts["level"] + self.round) % 5
        path = f"tasks/{self.facts['task']}/save/?place=table"
        self._post(path, {"level-STD": str(level)}, verb="answered factors", **{"HX-Request": "true"})

    def _measure(self) -> None:
        """Procurement changes a value of a provider, and one of them keeps a ranking now and then."""
        if self.facts["keeps"] and self.round % 3 == 0:
            self._keep()
            return
        form = {"value": f"{1 + self.round / 100:.2f}", "evidence": "E1", "source": f"Letter {self.round}"}
        self._post(f"providers/{self.facts['provider']}/values/QUAL-01/edit/", form, verb="changed value")

    def _keep(self) -> None:
        path = f"selection/{self.facts['selection']}/keep/"
        page = self._ask("read", path)
        if page is None:
            return
        form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        form.pop("csrfmiddlewaretoken", None)
        self._post(path, {**form, "reason": f"Round {self.round}"}, verb="kept ranking")

    def _report(self) -> None:
        form = {"record": str(self.facts["record"]), "paper": "letter"}
        self._post("reports/", form, verb="asked for board report")

    def _post(self, path: str, form: dict[str, str], *, verb: str, **headers: str) -> None:
        send = {"X-CSRFToken": self.token, **headers}
        expected = 200 if headers else 302
        if self._ask("write", path, form=form, headers=send, expected=expected) is not None:
            self.seen.written[verb] += 1

    def _ask(
        self,
        kind: str,
        path: str,
        *,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        expected: int = 200,
    ) -> requests.Response | None:
        """Ask and time it; None when it failed."""
        url = f"{self.base}/o/synthetic/{path}"
        start = time.monotonic()
        try:
            if form is None:
                answer = self.http.get(url, timeout=TIMEOUT, allow_redirects=False)
            else:
                answer = self.http.post(
                    url, data=form, headers=headers, timeout=TIMEOUT, allow_redirects=False
                )
        except requests.RequestException as fault:
            self.seen.failures.append(f"{kind} {path}: {fault!r}")
            return None
        self.seen.times[kind].append(time.monotonic() - start)
        if answer.status_code != expected:
            words = re.sub(r"<[^>]+>|\s+", " ", answer.text)[:300]
            self.seen.failures.append(f"{kind} {path}: {answer.status_code} {words}")
            return None
        return answer


def prepare() -> None:
    """In a process of its own: fill the database, make the people with their sessions, print their facts."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import Membership, User
    from accounts.tenancy import opened
    from assessments.models import TaskAssessment
    from lpo.synthetic import load_synthetic
    from providers.models import Provider
    from selections.models import RankingRecord, Selection

    organisation = load_synthetic(tasks=TASKS, providers=PROVIDERS).organisation
    with opened(organisation):
        # Neither tasks nor providers of the ranking, so that nobody's keeping is refused as out of date.
        tasks = list(TaskAssessment.objects.order_by("-list_code").values_list("pk", flat=True)[:USERS])
        levels = dict(
            TaskAssessment.objects.filter(pk__in=tasks, answers__factor="STD").values_list(
                "pk", "answers__level"
            )
        )
        providers = Provider.objects.filter(metrics__sub_criterion="QUAL-01").order_by("-code")
        free = list(providers.values_list("pk", flat=True)[:USERS])
        shared = {"selection": Selection.objects.get().pk, "record": RankingRecord.objects.get().pk}
    for number in range(USERS):
        role = "manager" if number % 25 == 0 else "counsel" if number % 2 else "procurement"
        user = User.objects.create_user(f"load-{number}@synthetic.example", name=f"Load {number}")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        session = SessionStore()
        session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session.create()
        facts = {"number": number, "role": role, "session": session.session_key, "keeps": number == 2}
        facts |= {"task": tasks[number], "level": levels.get(tasks[number]) or 0, "provider": free[number]}
        print(json.dumps(facts | shared))


def count_events() -> None:
    """In a process of its own: print how many events of each verb people have left."""
    import django

    django.setup()
    from django.db.models import Count

    from accounts.models import AuditEvent, Organisation
    from accounts.tenancy import opened

    with opened(Organisation.objects.get(slug="synthetic")):
        rows = AuditEvent.objects.filter(actor__email__startswith="load-").order_by()
        print(json.dumps(dict(rows.values_list("verb").annotate(n=Count("pk")))))


def _told(env: dict[str, str], part: str) -> list[Any]:
    command = [sys.executable, "-m", "tests.bench_load", part]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@contextmanager
def _process(env: dict[str, str], log: Path, *command: str) -> Iterator[None]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=out,
            preexec_fn=dies_with_us(15),  # noqa: PLW1509  (no thread runs yet)
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{address}/accounts/login/", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise RuntimeError("The server did not answer within a minute.")


@dataclass(frozen=True)
class Round:
    """One round: what was seen, the events on the trail, and how long it took in seconds."""

    name: str
    seen: Seen
    events: Counter[str]
    seconds: float
    log: str


def load(name: str, folder: Path, **services: str) -> Round:
    """Start the servers, let the people work, stop, and count what the trail holds."""
    port = free_port()
    env = {**os.environ, "LPO_VAR": str(folder), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "lpo.settings"}
    env |= {"LPO_HASHED_ASSETS": "1", "LOG_LEVEL": "WARNING", "LPO_LISTENS_ON": "127.0.0.1"}
    for variable in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        env.pop(variable, None)
    env |= {"WEB_CONCURRENCY": "1", "WEB_THREADS": "4", **services}
    manage(env, "prepare", quiet=True)
    people = _told(env, "prepare")
    seen, log = Seen(), folder / "server.log"
    with ExitStack() as stack:
        if "REDIS_URL" in services:
            stack.enter_context(_process(env, log, "celery", "-A", "lpo", "worker", "--concurrency", "1"))
        stack.enter_context(_process(env, log, "gunicorn", "--config", "lpo/gunicorn_conf.py"))
        address = f"http://127.0.0.1:{port}"
        _wait(address)
        start = time.monotonic()
        threads = [Person(address, facts, start + SECONDS, seen) for facts in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=SECONDS + 4 * TIMEOUT)
        seconds = time.monotonic() - start
        if any(thread.is_alive() for thread in threads):
            seen.failures.append("somebody still waits for an answer")
    return Round(
        name, seen, Counter(_told(env, "count")[0]), seconds, log.read_text(encoding="utf-8")[-3000:]
    )


def faults(one: Round) -> list[str]:
    """Say what went wrong: failed requests, and writes that the trail does not hold exactly once."""
    found = [f"{one.name}: {text}" for text in one.seen.failures]
    if one.events != one.seen.written:
        found.append(f"{one.name}: the trail holds {dict(one.events)}, written were {dict(one.seen.written)}")
    if not one.seen.times["write"]:
        found.append(f"{one.name}: nobody wrote")
    return found


def _row(one: Round, what: str, times: list[float]) -> str:
    times = sorted(times)
    points = [1000 * times[max(0, math.ceil(share * len(times)) - 1)] for share in (0.5, 0.95, 0.99)]
    shown = " | ".join(f"{point:.0f}" for point in points)
    rate, worst = len(times) / one.seconds, 1000 * times[-1]
    return f"| {one.name} | {what} | {len(times):,} | {rate:.1f} | {shown} | {worst:.0f} |"


def table(rounds: list[Round]) -> str:
    """Write the figures as Markdown."""
    lines = [
        "| Server | Requests | number | a second | p50 ms | p95 ms | p99 ms | worst ms |",
        "|---|---|" + "---:|" * 6,
    ]
    for one in rounds:
        both = one.seen.times["read"] + one.seen.times["write"]
        lines += [_row(one, what, times) for what, times in (*one.seen.times.items(), ("all", both)) if times]
    return "\n".join(lines)


def _said(wrong: int) -> str:
    reads, writes = f"{100 * (1 - WRITES):.0f} %", f"{100 * WRITES:.0f} %"
    return (
        f"Made by `make bench-load`: {USERS} people at once for {SECONDS} s, each thinking {THINK[0]:g} to\n"
        f"{THINK[1]:g} s between requests, {reads} reads and {writes} writes, in an organisation of\n"
        f"{TASKS:,} legal tasks and {PROVIDERS:,} providers. Times are what a person waits, with the load\n"
        f"generator on the same machine ({machine()}).\n"
        f"Failed requests: {wrong}. Every successful write is on the audit trail, once."
    )


def main() -> None:
    """Both rounds; exit code 1 when a request failed or the trail and the writes differ."""
    rounds = []
    with ExitStack() as stack:

        def folder() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lpo-load-")))

        rounds.append(load("SQLite, 1 process × 4 threads", folder()))
        postgres, redis = stack.enter_context(private_postgres()), stack.enter_context(private_redis())
        rounds.append(
            load(
                "PostgreSQL + Redis, 2 processes × 4 threads",
                folder(),
                DATABASE_URL=postgres.create_database("load"),
                REDIS_URL=redis.url,
                WEB_CONCURRENCY="2",
            )
        )
    wrong = [text for one in rounds for text in faults(one)]
    text = f"{_said(len(wrong))}\n\n{table(rounds)}"
    print(text)
    for line in wrong[:40]:
        print(line, file=sys.stderr)
    if wrong:
        print("\n".join(one.log for one in rounds), file=sys.stderr)
        sys.exit(1)
    if not {"LOAD_USERS", "LOAD_SECONDS"} & set(os.environ):
        write_section("Fifty people at once", text)


PARTS: dict[str, Callable[[], None]] = {"prepare": prepare, "count": count_events}

if __name__ == "__main__":
    PARTS[sys.argv[1]]() if len(sys.argv) > 1 else main()
