"""The record of a decision: made once, stored as bytes, and verified by calculating it again."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import ENGINE_VERSION, Fault, InvalidInput
from engine.checks import require_mapping
from engine.errors import at, quoted, refuse
from records.canonical import canonical, sha256
from records.case import compute_case, decision_from_case
from records.comparing import first_difference
from records.decisions import check_decision, decide_document
from records.reading import read_json
from records.suitability_record import (
    SUITABILITY_FIELDS,
    SUITABILITY_SCHEMA,
    first_change,
    suitability_record,
)

RECORD_SCHEMA = "lpo.record/1"
RECORD_LIMIT = 100_000_000
_FIELDS = frozenset({"schema", "decision", "result", "versions", "case", "case_sha256"})
# What the result of an earlier engine does not have; such a record is compared in what it has.
_LATER = {"1.0.0": frozenset({"robustness", "potentially_optimal", "unknowns", "cross_checks"})}


@dataclass(frozen=True)
class Verification:
    """Three separate answers about a record.

    `bytes_match`: whether the stored bytes have the printed hash (None: no hash was given). `figures_match`:
    whether ranks, gates and figures, calculated again, are the same within 1e-9; `first_difference` names
    the first place where they are not. `versions_match`: whether engine, NumPy and Python are the same.
    A match means that no change was detected, and nothing about who made the record or when.
    """

    sha256: str
    bytes_match: bool | None
    figures_match: bool
    first_difference: str | None
    versions_match: bool
    version_differences: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """No change detected in what was asked for; other versions alone are no change."""
        return self.figures_match and self.bytes_match is not False


def current_versions() -> dict[str, str]:
    """Versions of everything that calculates."""
    return {"engine": ENGINE_VERSION, "numpy": np.__version__, "python": platform.python_version()}


def make_record(decision: Mapping[str, Any], case: Mapping[str, Any] | None = None) -> bytes:
    """The bytes of the record (`lpo.record/1`) of a decision.

    `case`: {"inputs": …, "results": …} of `compute_case`. With "criteria_rules" and "weights" among the
    inputs, `verify_record` also checks that the decision is the one that the case leads to. The hash of the
    inputs is kept beside them, for what is in them for the reader only and moves no figure. Raises
    `InvalidInput` for a record that `verify_record` would refuse as too large.
    """
    check_decision(decision)
    record = {
        "schema": RECORD_SCHEMA,
        "decision": decision,
        "result": decide_document(decision),
        "versions": current_versions(),
    }
    if case is not None:
        record["case"] = case
        record["case_sha256"] = _case_hash(case)
    data = canonical(record)
    if len(data) > RECORD_LIMIT:
        words = f"the record would be larger than {RECORD_LIMIT / 1e6:g} MB"
        raise refuse("$.alternatives", f"{words}: fewer of them or shorter codes are needed")
    return data


def make_suitability_record(inputs: Mapping[str, Any]) -> bytes:
    """The bytes of the record (`lpo.suitability/1`) of an assessment; inputs as for `compute_suitability`."""
    return suitability_record(inputs, current_versions())


def _case_hash(case: Mapping[str, Any]) -> str:
    return sha256(canonical(case["inputs"]))


def verify_record(data: bytes, printed_hash: str | None = None) -> Verification:
    """Check a record of either schema. Raises `InvalidInput` when it, or the printed hash, cannot be read."""
    expected = None if printed_hash is None else _clean_hash(printed_hash)
    record = _read(data)
    actual = sha256(data)
    difference = _first_change(record)
    versions = _version_differences(record["versions"])
    return Verification(
        sha256=actual,
        bytes_match=None if expected is None else actual == expected,
        figures_match=difference is None,
        first_difference=difference,
        versions_match=not versions,
        version_differences=versions,
    )


def _clean_hash(printed: str) -> str:
    cleaned = re.sub(r"\s+", "", printed).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", cleaned):
        raise refuse("hash", "a SHA-256 is 64 hexadecimal digits")
    return cleaned


def _read(data: bytes) -> dict[str, Any]:
    record = read_json(data, limit=RECORD_LIMIT)
    if not isinstance(record, dict):
        raise refuse("$", "a record is an object")
    _check_fields(record)
    require_mapping(record.get("versions"), "$.versions")
    if record["schema"] == SUITABILITY_SCHEMA:
        return record
    for key in ("decision", "result"):
        require_mapping(record.get(key), at("$", key))
    if "case" in record:
        case = require_mapping(record["case"], "$.case")
        if set(case) != {"inputs", "results"}:
            raise refuse("$.case", "a case has inputs and results, and nothing else")
        require_mapping(case["inputs"], "$.case.inputs")
        require_mapping(case["results"], "$.case.results")
    return record


def _check_fields(record: Mapping[str, Any]) -> None:
    """The schema is one that is known, and every field is one of it."""
    schemas = {RECORD_SCHEMA: _FIELDS, SUITABILITY_SCHEMA: SUITABILITY_FIELDS}
    fields = next((known for schema, known in schemas.items() if record.get("schema") == schema), None)
    if fields is None:
        raise refuse("$.schema", f"must be {quoted(RECORD_SCHEMA)} or {quoted(SUITABILITY_SCHEMA)}")
    for key in record:
        if key not in fields:
            raise refuse(at("$", key), "unknown field")


def _first_change(record: Mapping[str, Any]) -> str | None:
    """Calculate everything again; the first place where the record says otherwise."""
    if record["schema"] == SUITABILITY_SCHEMA:
        return first_change(record)
    decision = record["decision"]
    try:
        check_decision(decision)
        result = decide_document(decision)
    except InvalidInput as error:
        raise _below("$.decision", error) from error
    # Another engine is a difference of versions and not of figures, but a record must agree with itself.
    result["engine_version"] = engine = record["versions"].get("engine")
    for member in _LATER.get(str(engine), frozenset()) - set(record["result"]):
        result.pop(member, None)
    change = first_difference(record["result"], result, "$.result")
    if change is None and "case" in record:
        change = _case_change(record["case"], decision) or _case_hash_change(record)
    return change


def _case_change(case: Mapping[str, Any], decision: Mapping[str, Any]) -> str | None:
    inputs = case["inputs"]
    try:
        results = compute_case(inputs)
        followed = _followed(inputs, results, decision)
    except InvalidInput as error:
        raise _below("$.case.inputs", error) from error
    change = first_difference(case["results"], results, "$.case.results")
    return change or first_difference(decision, followed, "$.decision")


def _case_hash_change(record: Mapping[str, Any]) -> str | None:
    """A change of the inputs that moved no figure. A record without the hash says nothing about these."""
    if "case_sha256" not in record or record["case_sha256"] == _case_hash(record["case"]):
        return None
    return "$.case.inputs: other than when the record was made (its hash is not $.case_sha256)"


def _followed(
    inputs: Mapping[str, Any], results: Mapping[str, Any], decision: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The decision that the case leads to, if the case carries the rules for it."""
    if "criteria_rules" not in inputs or "weights" not in inputs:
        return decision
    settings = {name: decision[name] for name in ("title", "missing", "tie_margin") if name in decision}
    return decision_from_case(
        inputs, inputs["weights"], inputs["criteria_rules"], results=results, **settings
    )


def _below(path: str, error: InvalidInput) -> InvalidInput:
    return InvalidInput(
        *(Fault(path + fault.path.removeprefix("$"), fault.message) for fault in error.faults)
    )


def _version_differences(stored: Mapping[str, Any]) -> tuple[str, ...]:
    current = current_versions()
    return tuple(
        f"{name}: recorded {stored.get(name, 'nothing')}, here {current.get(name, 'nothing')}"
        for name in sorted({*stored, *current})
        if stored.get(name) != current.get(name)
    )
