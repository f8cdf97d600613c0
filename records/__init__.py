"""Decisions and records as documents: canonical JSON, hashes, reading what came from outside, verifying.

A record lets a later reader detect change: of its bytes, by the hash printed in the report, and of its
figures, by calculating them again.
"""

from records.canonical import canonical, sha256
from records.case import COST_INDEX, compute_case, decision_from_case
from records.decisions import DECISION_LIMIT, Decided, decide_document, decode_decision
from records.prices import audit_prices
from records.reading import read_json
from records.record import (
    RECORD_LIMIT,
    Verification,
    make_record,
    make_suitability_record,
    verify_record,
)
from records.suitability_record import compute_suitability

__all__ = [
    "COST_INDEX",
    "DECISION_LIMIT",
    "RECORD_LIMIT",
    "Decided",
    "Verification",
    "audit_prices",
    "canonical",
    "compute_case",
    "compute_suitability",
    "decide_document",
    "decision_from_case",
    "decode_decision",
    "make_record",
    "make_suitability_record",
    "read_json",
    "sha256",
    "verify_record",
]
