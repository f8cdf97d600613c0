"""Keeping a ranking: stored once, verifiable, never changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

import records
from accounts.models import AuditEvent
from providers.models import Metric
from selections import services
from selections.models import RankingRecord, Score, Selection, Weight
from selections.queries.inputs import read_inputs
from selections.queries.records import kept_rows, read_record
from selections.words import lead_words


def keep(sample: Any, **more: Any) -> services.Kept:
    return services.keep_ranking(selection=sample.selection, actor=sample.procurement, **more)


def test_a_kept_record_verifies_against_its_own_bytes_and_hash(sample: Any) -> None:
    record = keep(sample, reason="Basis for March").record
    stored = RankingRecord.objects.get(pk=record.pk)
    found = records.verify_record(bytes(stored.content), stored.sha256)
    assert (found.bytes_match, found.figures_match, found.versions_match) == (True, True, True)
    assert (stored.number, stored.reason, stored.kept_by) == (2, "Basis for March", sample.procurement)


def test_a_changed_byte_is_detected(sample: Any) -> None:
    stored = keep(sample).record
    content = bytes(stored.content)
    other = content.replace(b'"productivity_factor":1.06', b'"productivity_factor":1.07', 1)
    assert other != content
    found = records.verify_record(other, stored.sha256)
    assert found.bytes_match is False
    assert not found.figures_match


def test_the_record_reads_without_the_database(sample: Any) -> None:
    record = keep(sample).record
    Metric.objects.all().delete()
    kept = read_record(RankingRecord.objects.get(pk=record.pk))
    assert lead_words(kept.reading) == "Ashgrove leads Banyan Quay by 1.1 points: a tie."
    assert kept.weights["COST"] == 30


def test_keeping_the_same_twice_says_so(sample: Any) -> None:
    first, second = keep(sample), keep(sample)
    assert first.equal_to == 1  # the sample keeps its first ranking when it is loaded
    assert (second.record.number, second.equal_to) == (3, 2)
    assert second.record.sha256 == first.record.sha256


def test_keeping_adopts_the_weights_and_says_it_in_the_trail(sample: Any) -> None:
    version = Selection.objects.get(pk=sample.selection.pk).version
    kept = keep(sample, weights={"COST": 45.0}, reason="The board wants more weight on cost")
    assert Weight.objects.get(selection=sample.selection, code="COST").value == 45
    assert Selection.objects.get(pk=sample.selection.pk).version == version + 1
    verbs = list(AuditEvent.objects.values_list("verb", flat=True)[:2])
    assert set(verbs) == {"kept ranking", "adopted weights"}
    adopted = AuditEvent.objects.filter(verb="adopted weights").latest("pk")
    assert (adopted.before, adopted.after) == ({"COST": 30.0}, {"COST": 45.0})
    assert json.loads(bytes(kept.record.content))["case"]["inputs"]["weights"]["COST"] == 45


def test_nothing_is_kept_when_the_scores_changed_meanwhile(sample: Any) -> None:
    seen = services.preview_ranking(selection=sample.selection).fingerprint
    Metric.objects.filter(provider__code="V1", sub_criterion="QUAL-02").update(value=1)
    with pytest.raises(services.Refused, match="Scores changed"):
        keep(sample, weights={"COST": 45.0}, expected=seen)
    assert RankingRecord.objects.count() == 1
    assert Weight.objects.get(selection=sample.selection, code="COST").value == 30


def test_wrong_weights_are_refused_whole(sample: Any) -> None:
    for weights in ({"NONE": 1.0}, {"COST": -1.0}, {"COST": float("nan")}, {"COST": float("inf")}):
        with pytest.raises(services.Refused):
            services.adopt_weights(selection=sample.selection, weights=weights, actor=sample.procurement)
    assert Weight.objects.get(selection=sample.selection, code="COST").value == 30


def test_there_is_nothing_to_keep_without_bids(sample: Any) -> None:
    whole = Selection.objects.select_related("criteria_set").get(pk=sample.selection.pk)
    empty = Selection.objects.create(
        name="Empty", assessment=sample.assessment, criteria_set=whole.criteria_set
    )
    with pytest.raises(services.Refused, match="no ranking to keep"):
        services.keep_ranking(selection=empty, actor=sample.procurement)


def test_other_weights_are_kept_with_a_reason_only(sample: Any) -> None:
    for reason in ("", "  \n"):
        with pytest.raises(services.Refused) as refused:
            keep(sample, weights={"COST": 31.0}, reason=reason)
        assert refused.value.errors == {
            "reason": "Say why: keeping this ranking changes the adopted weights."
        }
    assert RankingRecord.objects.count() == 1
    assert Weight.objects.get(selection=sample.selection, code="COST").value == 30
    assert keep(sample, weights={"COST": 31.0}, reason="Cost counts more").record.reason == "Cost counts more"


def test_what_a_slider_leaves_in_the_last_digits_needs_no_reason(sample: Any) -> None:
    assert keep(sample, weights={"COST": 30.000000000000004}).record.number == 2


def test_another_first_place_is_kept_with_a_reason_only(sample: Any) -> None:
    """The weights stay; a value of the first falls, so that somebody else is first since the last record."""
    Metric.objects.filter(provider__code="V1", sub_criterion__startswith="QUAL").update(value=1)
    with pytest.raises(services.Refused, match="Say why: the first place is another one"):
        keep(sample)
    record = keep(sample, reason="Ashgrove lost its references").record
    event = AuditEvent.objects.get(verb="kept ranking", object_id=str(record.pk))
    assert event.before == {"first_place": "Ashgrove Legal Services"}
    assert event.after is not None
    assert event.after["first_place"] == "Banyan Quay LPO"
    assert event.after["reason"] == "Ashgrove lost its references"
    assert keep(sample).record.number == 3  # nothing has changed since the last record


def test_the_first_record_is_measured_by_the_adopted_weights(sample: Any) -> None:
    preview = services.preview_ranking(selection=sample.selection, weights={"COST": 45.0})
    first = services.keeping_of(preview, None)
    assert first is not None
    assert first.first == "This changes the first place from Ashgrove Legal Services to Banyan Quay LPO."
    same = services.keeping_of(services.preview_ranking(selection=sample.selection), None)
    assert same is not None
    assert (same.first, same.needs_reason) == ("First is Ashgrove Legal Services.", False)


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} WHERE id = %s", "DELETE FROM {} WHERE id = %s"])
def test_the_database_refuses_to_change_records_and_scores(sample: Any, statement: str) -> None:
    record, score = keep(sample).record, Score.objects.first()
    assert score is not None
    for table, column, pk in (
        ("selections_rankingrecord", "reason = 'x'", record.pk),
        ("selections_score", "value = 1", score.pk),
    ):
        sql = statement.format(table, column)
        with (
            pytest.raises(DatabaseError, match="append-only|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [pk])
    assert RankingRecord.objects.get(pk=record.pk).reason == ""


def test_the_list_says_which_records_are_out_of_date(sample: Any) -> None:
    keep(sample, weights={"COST": 45.0}, reason="Try")
    selection = Selection.objects.select_related("assessment__factor_set", "criteria_set").get(
        pk=sample.selection.pk
    )
    states = {row.number: row.state for row in kept_rows(selection, read_inputs(selection))}
    assert states == {1: "weights", 2: "current"}
    Metric.objects.filter(provider__code="V1", sub_criterion="QUAL-02").update(value=1)
    states = {row.number: row.state for row in kept_rows(selection, read_inputs(selection))}
    assert states == {1: "old", 2: "old"}
