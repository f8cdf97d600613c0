"""Records: made, stored, verified; every kind of change is detected and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from engine import ENGINE_VERSION, InvalidInput
from records import canonical, decide_document, decode_decision, make_record, sha256, verify_record
from tests import reference
from tests.engine.small import decisions, flat

CRITERIA = reference.load("criteria")


def case_record() -> bytes:
    inputs = {**reference.case_inputs(), "criteria_rules": CRITERIA, "weights": {}, "note": "kept as it is"}
    return make_record(reference.decision(), {"inputs": inputs, "results": reference.case_results()})


CASE_RECORD = case_record()


def test_the_result_document() -> None:
    result = decide_document(flat())
    assert set(result) == {
        "schema", "input_sha256", "engine_version", "weights", "ranking", "excluded", "lead", "dominated",
        "notes", "flips", "robustness", "potentially_optimal", "unknowns", "cross_checks",
    }  # fmt: skip
    assert result["schema"] == "lpo.result/1"
    assert result["input_sha256"] == sha256(canonical(flat()))
    assert result["engine_version"] == ENGINE_VERSION
    assert result["ranking"][0]["contributions"] == {"X": 54, "Y": 8}
    assert result["lead"] == {"points": 4, "tie": False}
    assert result["flips"]["nearest"]["winner"] == "B"
    assert result["flips"]["scores"][0]["from"] == 9
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_cautious_appears_with_confidence_only() -> None:
    document = flat()
    document["alternatives"][0]["gates"] = [{"code": "K", "outcome": "failed"}]
    assert "cautious_score" not in decide_document(document)["excluded"][0]
    document["alternatives"][0]["confidence"] = {"X": 0.5}
    result = decide_document(document)
    assert result["excluded"][0]["cautious_score"] == pytest.approx(35)
    assert [row["code"] for row in result["cautious"]] == ["B", "C"]


def test_no_record_is_made_that_could_not_be_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(make_record(flat()))
    monkeypatch.setattr("records.record.RECORD_LIMIT", size)
    assert verify_record(make_record(flat())).is_same
    monkeypatch.setattr("records.record.RECORD_LIMIT", size - 1)
    with pytest.raises(InvalidInput, match=r"^\$\.alternatives: the record would be larger than"):
        make_record(flat())


def test_a_record_of_a_decision() -> None:
    data = make_record(flat())
    assert set(json.loads(data)) == {"schema", "decision", "result", "versions"}
    assert data == canonical(json.loads(data))
    found = verify_record(data, sha256(data))
    assert (found.bytes_match, found.figures_match, found.versions_match, found.is_same) == (True,) * 4
    assert (found.first_difference, found.version_differences) == (None, ())
    assert verify_record(data).bytes_match is None
    assert verify_record(data).is_same


def test_the_printed_hash_may_be_typed_in_groups() -> None:
    data = make_record(flat())
    printed = sha256(data).upper()
    assert verify_record(data, f" {printed[:32]} \n{printed[32:]}").bytes_match is True
    with pytest.raises(InvalidInput, match="64 hexadecimal digits"):
        verify_record(data, "abc")


@settings(deadline=None, max_examples=40)
@given(decisions())
def test_what_was_decided_verifies(document: dict[str, Any]) -> None:
    data = make_record(document)
    assert verify_record(data, sha256(data)).is_same
    assert decode_decision(canonical(document)) == document


def test_a_record_with_its_case() -> None:
    assert verify_record(CASE_RECORD, sha256(CASE_RECORD)).is_same


def test_other_bytes_with_the_same_figures() -> None:
    spaced = json.dumps(json.loads(CASE_RECORD), indent=1).encode()
    found = verify_record(spaced, sha256(CASE_RECORD))
    assert (found.bytes_match, found.figures_match, found.is_same) == (False, True, False)


def _set(*place: Any) -> Callable[[Any], None]:
    *way, last, value = place

    def change(record: Any) -> None:
        for step in way:
            record = record[step]
        record[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            _set("result", "ranking", 0, "score", 83.7),
            "$.result.ranking[0].score: stored 83.7, calculated 83.6",
        ),
        (_set("result", "ranking", 0, "rank", 2), "$.result.ranking[0].rank: stored 2, calculated 1"),
        (_set("result", "ranking", 0, "tied", 0), "$.result.ranking[0].tied: stored 0, calculated false"),
        (_set("result", "ranking", []), "$.result.ranking: 0 entries stored, 7 calculated"),
        (_set("result", "excluded", 0, "gates", []), "$.result.excluded[0].gates: 0 entries stored"),
        (_set("result", "extra", 1), "$.result.extra: stored, but not part of the calculation"),
        (_set("result", "input_sha256", "0"), "$.result.input_sha256: stored"),
        (
            _set("result", "engine_version", "0.9"),
            f'$.result.engine_version: stored "0.9", calculated "{ENGINE_VERSION}"',
        ),
        (
            _set("versions", "engine", "0.9"),
            f'$.result.engine_version: stored "{ENGINE_VERSION}", calculated "0.9"',
        ),
        (_set("case", "inputs", "note", "changed"), "$.case.inputs: other than when the record was made"),
        (
            _set("case", "inputs", "tasks", 0, "unit", "x"),
            "$.case.inputs: other than when the record was made",
        ),
        (_set("case_sha256", "0"), "$.case.inputs: other than when the record was made"),
        (lambda r: r["result"].pop("lead"), "$.result.lead: calculated, but not stored"),
        (_set("decision", "tie_margin", 1), "$.result.input_sha256: stored"),
        (
            _set("case", "results", "business_cases", "V1", "npv", 1),
            "$.case.results.business_cases.V1.npv: stored 1, calculated",
        ),
        (
            _set("case", "inputs", "tasks", 0, "annual_volume", 1),
            "$.case.results.business_cases.V1.annual_saving",
        ),
        (
            _set("case", "results", "knock_outs", "V3", "status", "eligible"),
            '$.case.results.knock_outs.V3.status: stored "eligible", calculated "excluded"',
        ),
    ],
)
def test_a_change_is_detected_and_named(change: Callable[[Any], None], line: str) -> None:
    record = json.loads(CASE_RECORD)
    change(record)
    found = verify_record(canonical(record), sha256(CASE_RECORD))
    assert (found.bytes_match, found.figures_match, found.is_same) == (False, False, False)
    assert found.first_difference is not None
    assert found.first_difference.startswith(line)


def test_a_decision_that_does_not_follow_from_its_case_is_detected() -> None:
    record = json.loads(CASE_RECORD)
    record["decision"]["alternatives"][0]["scores"]["COST-02"] = 50
    record["result"] = decide_document(record["decision"])
    found = verify_record(canonical(record))
    assert found.first_difference == "$.decision.alternatives[0].scores.COST-02: stored 50, calculated 54.6"
    del record["case"]["inputs"]["weights"], record["case_sha256"]
    assert verify_record(canonical(record)).is_same


def test_figures_are_the_same_within_a_billionth() -> None:
    record = json.loads(make_record(flat()))
    record["result"]["ranking"][0]["score"] += 5e-10
    assert verify_record(canonical(record)).figures_match
    record["result"]["ranking"][0]["score"] += 1e-8
    assert not verify_record(canonical(record)).figures_match


def test_other_versions_are_said_and_are_no_change() -> None:
    record = json.loads(make_record(flat()))
    record["versions"]["numpy"] = "1.0"
    record["versions"]["abacus"] = "2"
    record["result"]["engine_version"] = record["versions"]["engine"] = "0.9"
    found = verify_record(canonical(record))
    assert found.is_same
    assert not found.versions_match
    assert found.version_differences[0] == "abacus: recorded 2, here nothing"
    assert found.version_differences[1] == f"engine: recorded 0.9, here {ENGINE_VERSION}"
    assert found.version_differences[2].startswith("numpy: recorded 1.0, here ")


def _of_the_first_engine() -> dict[str, Any]:
    """A record as engine 1.0.0 wrote it."""
    record: dict[str, Any] = json.loads(make_record(flat()))
    for later in ("robustness", "potentially_optimal", "unknowns", "cross_checks"):
        del record["result"][later]
    record["result"]["engine_version"] = record["versions"]["engine"] = "1.0.0"
    return record


def test_a_record_of_an_earlier_engine_is_compared_in_what_it_has() -> None:
    record = _of_the_first_engine()
    found = verify_record(canonical(record))
    assert found.is_same
    assert found.version_differences == (f"engine: recorded 1.0.0, here {ENGINE_VERSION}",)
    record["result"]["ranking"][0]["score"] += 1
    assert "$.result.ranking[0].score" in (verify_record(canonical(record)).first_difference or "")
    del record["result"]["flips"]
    assert "$.result.flips: calculated" in (verify_record(canonical(record)).first_difference or "")


def test_what_this_engine_calculates_cannot_be_left_out() -> None:
    record = json.loads(make_record(flat()))
    del record["result"]["robustness"]
    assert "$.result.robustness: calculated" in (verify_record(canonical(record)).first_difference or "")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (_set("schema", "lpo.record/9"), '$.schema: must be "lpo.record/1"'),
        (_set("colour", 1), "$.colour: unknown field"),
        (_set("decision", []), "$.decision: an object"),
        (_set("versions", None), "$.versions: an object"),
        (lambda r: r.pop("result"), "$.result: an object"),
        (_set("decision", "criteria", []), "$.decision.criteria: a list"),
        (lambda r: r["decision"].pop("schema"), "$.decision.schema: must be"),
        (_set("case", []), "$.case: an object"),
        (_set("case", {"inputs": {}}), "$.case: a case has inputs and results"),
        (_set("case", "inputs", []), "$.case.inputs: an object"),
        (_set("case", "results", []), "$.case.results: an object"),
        (
            _set("case", "inputs", "bids", 0, "answers", "SE-04", 3),
            "$.case.inputs.bids[0].answers.SE-04: must be",
        ),
        *(
            (_set("case", "inputs", *place), f"$.case.inputs.{line}")
            for *place, line in (
                ("weights", [], "weights: an object"),
                ("criteria_rules", [], "criteria_rules: an object"),
                ("criteria_rules", "evidence_levels", 1, 5, "criteria_rules.evidence_levels[1]: an object"),
                ("criteria_rules", "criteria", None, "criteria_rules.criteria: a list"),
                ("criteria_rules", "criteria", 1, [], "criteria_rules.criteria[1]: an object"),
                ("criteria_rules", "criteria", 1, "code", [], "criteria_rules.criteria[1].code: a text"),
                (
                    *("criteria_rules", "criteria", 1, "sub_criteria", 0, "value_function", 5),
                    "criteria_rules.criteria[1].sub_criteria[0].value_function: an object",
                ),
                ("bids", 0, "evidence", "COST-02", [], "bids[0].evidence.COST-02: list is not an evidence"),
            )
        ),
    ],
)
def test_what_cannot_be_read_is_refused(change: Callable[[Any], None], line: str) -> None:
    record = json.loads(CASE_RECORD)
    change(record)
    with pytest.raises(InvalidInput) as caught:
        verify_record(canonical(record))
    assert str(caught.value).startswith(line)


def test_a_record_is_an_object() -> None:
    with pytest.raises(InvalidInput, match=r"^\$: a record is an object"):
        verify_record(b"[]")


def test_a_record_is_only_made_of_a_complete_decision() -> None:
    document = flat()
    del document["schema"]
    with pytest.raises(InvalidInput, match=r"\$\.schema"):
        make_record(document)
