"""`manage.py decide` and `manage.py verify`, in the process and as programs."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from records import make_record, sha256
from tests.engine.small import flat

ROOT = Path(__file__).parents[2]


def run(*words: str) -> tuple[int, str, str]:
    """Exit code, output and error output of a command run in this process."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(*words, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def decision(tmp_path: Path) -> Path:
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(flat()), encoding="utf-8")
    return path


def test_decide_prints_the_result(decision: Path, tmp_path: Path) -> None:
    code, out, err = run("decide", str(decision))
    assert (code, err) == (0, "")
    assert json.loads(out)["ranking"][0]["code"] == "A"
    record = tmp_path / "record.json"
    again = run("decide", str(decision), "--out", str(record))
    assert again[:2] == (0, out)
    assert record.read_bytes() == make_record(flat())


@pytest.mark.parametrize("more", [[], ["--out", "/dev/full"]])
def test_no_traceback_on_a_full_disk(decision: Path, more: list[str]) -> None:
    words = [sys.executable, str(ROOT / "manage.py"), "decide", str(decision), *more]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        f"{'/dev/full' if more else 'the result cannot be written'}: No space left on device"
    ]


def test_nobody_left_to_rank_is_an_answer(tmp_path: Path) -> None:
    document = flat()
    for entry in document["alternatives"]:
        entry["gates"] = [{"code": "K", "outcome": "failed"}]
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    code, out, _ = run("decide", str(path))
    result = json.loads(out)
    assert code == 0
    assert (result["ranking"], result["lead"], result["flips"]["nearest"]) == ([], None, None)
    assert result["notes"]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", ["$: not JSON: Expecting value (line 1, column 1)"]),
        (b"\x00\xff\xfe\x01", ["$: not UTF-8 text (byte 1)"]),
        (b" " * 5_000_001, ["$: the file is larger than 5 MB"]),
        (b"[]", ["$: a decision is an object"]),
        (
            b'{"schema": "lpo.decision/1", "criteria": [], "x\\ny": 1}',
            [
                '$["x\\ny"]: unknown field',
                "$.criteria: a list with at least one criterion is needed",
                "$.alternatives: a list with at least one alternative is needed",
            ],
        ),
    ],
)
def test_faults_go_to_the_error_output_one_a_line(content: bytes, lines: list[str], tmp_path: Path) -> None:
    path = tmp_path / "decision.json"
    path.write_bytes(content)
    code, out, err = run("decide", str(path))
    assert (code, out) == (2, "")
    assert err.splitlines() == lines
    code, out, err = run("verify", str(path))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", ["decide", "verify"])
def test_files_that_cannot_be_read(command: str, tmp_path: Path) -> None:
    for path, reason in ((tmp_path, "Is a directory"), (tmp_path / "none.json", "No such file or directory")):
        code, out, err = run(command, str(path))
        assert (code, out) == (2, "")
        assert err == f"{path}: {reason}\n"


def test_a_record_that_cannot_be_written(decision: Path, tmp_path: Path) -> None:
    code, out, err = run("decide", str(decision), "--out", str(tmp_path / "no" / "record.json"))
    assert (code, out) == (2, "")
    assert "No such file or directory" in err


def test_verify_answers_three_questions(tmp_path: Path) -> None:
    data = make_record(flat())
    path = tmp_path / "record.json"
    path.write_bytes(data)
    code, out, err = run("verify", str(path), "--hash", sha256(data))
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "same: no change detected",
        "bytes: match the printed hash",
        "figures: same within 1e-9",
        "versions: same",
    ]
    assert f"bytes: no hash given; theirs is {sha256(data)}" in run("verify", str(path))[1]
    code, out, _ = run("verify", str(path), "--hash", "0" * 64)
    assert code == 1
    assert out.startswith("different: a change was detected\nbytes: DIFFER from the printed hash")
    assert run("verify", str(path), "--hash", "xyz")[0] == 2


def test_verify_names_the_first_change(tmp_path: Path) -> None:
    record: Any = json.loads(make_record(flat()))
    record["result"]["ranking"][0]["rank"] = 3
    record["versions"]["numpy"] = "1.0"
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    code, out, _ = run("verify", str(path))
    assert code == 1
    assert "figures: DIFFERENT at $.result.ranking[0].rank: stored 3, calculated 1" in out
    assert "versions: differ: numpy: recorded 1.0, here" in out
    assert "prove" not in out


def test_as_programs_without_a_database(decision: Path, tmp_path: Path) -> None:
    """An unreachable database does not matter, and a wrong file gives no traceback."""
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody:none@127.0.0.1:1/none",
        "PYTHONWARNINGS": "",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    def program(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    record = tmp_path / "record.json"
    decided = program("decide", str(decision), "--out", str(record))
    assert (decided.returncode, decided.stderr) == (0, "")
    assert json.loads(decided.stdout)["schema"] == "lpo.result/1"
    verified = program("verify", str(record))
    assert (verified.returncode, verified.stderr) == (0, "")
    broken = program("decide", str(ROOT / "manage.py"))
    assert (broken.returncode, broken.stdout) == (2, "")
    assert broken.stderr.splitlines() == ["$: not JSON: Expecting value (line 1, column 1)"]
