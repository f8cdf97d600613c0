"""Where a case stands: its knock-outs today and its last kept ranking.

The frame of every page asks for both, so they read few columns of few rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import F, FloatField, Max, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast

from assessments.kept import kept
from assessments.models import TaskAssessment, TaskAssessmentQuerySet
from assessments.queries_totals import outcome_counts
from assessments.rulebook import WAIVED
from engine import InvalidInput, knock_outs
from providers.models import Answer, Metric
from records import RECORD_LIMIT, read_json
from selections.models import Bid, BidLine, RankingRecord, Score, Selection
from selections.queries.inputs import WHOLE_UP_TO
from selections.words.names import listed, short_names
from selections.words.reading import Reading

NAMED = 3


@dataclass(frozen=True)
class Money:
    """The business case of the first place of a kept ranking; figures unrounded, templates show them."""

    leader: str
    tasks: int
    figures: dict[str, Any]
    saving_range: dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """What is read of a kept ranking; ``basket``: codes of the legal tasks that went out by it."""

    reading: Reading
    money: Money | None
    basket: frozenset[str]

    @property
    def is_tie(self) -> bool:
        """Whether the first two are level within the tie margin."""
        lead = self.reading.result["lead"]
        return bool(lead and lead["tie"])


@dataclass(frozen=True)
class LastRecord:
    """The newest kept ranking of a case, without its bytes until they are asked for."""

    pk: int
    number: int
    sha256: str
    kept_at: datetime

    @cached_property
    def kept(self) -> Kept:
        """Give what it says."""
        return kept_record(self.pk, self.sha256)


@dataclass(frozen=True)
class Met:
    """The knock-outs that one bid failed, or that are open there; the provider by its short name."""

    bid: int
    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Tested:
    """What the knock-outs say of the bids today; ``first`` is the key of the first bid."""

    bids: int = 0
    first: int | None = None
    excluded: tuple[Met, ...] = ()
    open: tuple[Met, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a knock-out of a bid that is still in the running waits for an answer."""
        return bool(self.open)

    @property
    def open_words(self) -> str:
        """Name what is open: "K03 open at Hexa"; only the number where there is more than fits."""
        number = sum(len(hit.codes) for hit in self.open)
        if number > NAMED:
            return f"{number} knock-outs open"
        return ", ".join(f"{listed(hit.codes)} open at {hit.name}" for hit in self.open)

    @property
    def excluded_words(self) -> str:
        """Count who is out and name why: "1 knocked out (K01)"."""
        codes = sorted({code for hit in self.excluded for code in hit.codes})
        named = f" ({', '.join(codes)})" if len(codes) <= NAMED else ""
        return f"{len(self.excluded)} knocked out{named}" if self.excluded else ""


def current_case() -> Selection | None:
    """Give the newest selection of the open organisation: with its assessment, rules and last record.

    Every page asks, so it is one query, and of the criteria set, which is large, only the knock-outs.
    """
    kept = RankingRecord.objects.filter(selection=OuterRef("pk")).order_by("-number")
    rows = Selection.objects.select_related("assessment").order_by("-pk")
    return rows.annotate(
        knock_out_rules=F("criteria_set__content__knock_outs"),
        **{f"record_{name}": Subquery(kept.values(name)[:1]) for name in _OF_RECORD},
    ).first()


_OF_RECORD = ("pk", "number", "sha256", "kept_at")


def last_record(case: Selection | None) -> LastRecord | None:
    """Give the newest kept ranking of a case that ``current_case`` gave."""
    found: Any = [getattr(case, f"record_{name}", None) for name in _OF_RECORD]
    return LastRecord(*found) if found[0] is not None else None


@lru_cache(maxsize=32)
def kept_record(pk: int, sha256: str) -> Kept:
    """Read what the pages say of a kept record; its bytes never change, so each is read once a process.

    The record was found through the wall a moment ago; its hash is in the key, so that a key that is used
    again (a database that was restored) never shows the figures of another record.
    """
    stored = RankingRecord.objects.values_list("content", flat=True).get(pk=pk)
    content = read_json(bytes(stored), limit=RECORD_LIMIT)
    reading = Reading(content["decision"], content["result"])
    found = content["case"]["results"]["suitability"]
    basket = frozenset(code for code, result in found.items() if result["in_basket"])
    return Kept(reading, _money(content, reading), basket)


def _money(content: dict[str, Any], reading: Reading) -> Money | None:
    if not reading.ranking:
        return None
    code = reading.ranking[0]["code"]
    case = content["case"]["results"]["business_cases"][code]
    return Money(reading.short[code], len(case["lines"]), case, case["range"])


def rules_of(case: Selection) -> Sequence[Mapping[str, Any]]:
    """Give the knock-outs of the case that ``current_case`` gave, which reads them along."""
    rules: Sequence[Mapping[str, Any]] = vars(case)["knock_out_rules"]
    return rules


def tested(case: Selection | None) -> Tested:
    """Try the knock-outs on the bids as they are now: one query, however many bids there are.

    The same rules as in a ranking (``engine.knock_outs``), over no more than they read. Where a value cannot
    be judged there is no ranking either, and its page says why.
    """
    if case is None:
        return Tested()
    rules = rules_of(case)
    bids = _bids(case, rules)
    shorts = short_names([bid.name for bid in bids])
    try:
        basket = _basket_gates(case) if bids else {}
        results = [knock_outs(bid.as_tested(), rules, basket) for bid in bids]
    except InvalidInput:
        return Tested(len(bids), bids[0].pk)
    met: dict[str, list[Met]] = {"excluded": [], "conditional": [], "eligible": []}
    for bid, one in zip(bids, results, strict=True):
        met[one.status].append(Met(bid.pk, shorts[bid.name], one.failed or one.conditional))
    first = bids[0].pk if bids else None
    return Tested(len(bids), first, excluded=tuple(met["excluded"]), open=tuple(met["conditional"]))


@dataclass
class _BidFacts:
    """What knock-outs read of a bid. ``given`` in this bid comes before what the profile ``states``."""

    pk: int
    name: str
    acceptances: Mapping[str, str]
    answers: dict[str, str] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)

    def as_tested(self) -> dict[str, Any]:
        """Give it in the shape of the engine."""
        metrics = {**self.states, **self.given}
        return {"metrics": metrics, "answers": self.answers, "acceptances": self.acceptances}


def _bids(case: Selection, rules: Sequence[Mapping[str, Any]]) -> list[_BidFacts]:
    """Read the bids with answers and values that the rules name, in one query of four kinds of rows."""
    read = [rule["params"] for rule in rules]
    questions = [params["question"] for params in read if "question" in params]
    measured = [params["sub_criterion"] for params in read if "sub_criterion" in params]
    bids = Bid.objects.filter(selection=case).annotate(said=Cast("acceptances", TextField()))
    answers = Answer.objects.filter(provider__bids__selection=case, question__in=questions)
    states = Metric.objects.filter(provider__bids__selection=case, sub_criterion__in=measured)
    given = Score.objects.filter(bid__selection=case, sub_criterion__in=measured)
    newest = given.order_by().values("bid", "sub_criterion").annotate(newest=Max("pk")).values("newest")
    rows = _arm(bids, "bid", "pk", "provider__name", text="said").union(
        _arm(answers, "answer", "provider__bids__pk", "question", text="value"),
        _arm(states, "state", "provider__bids__pk", "sub_criterion", numbers=("value", "", "")),
        _arm(Score.objects.filter(pk__in=newest), "score", "bid", "sub_criterion", numbers=_NUMBERS),
        all=True,
    )
    found: dict[int, _BidFacts] = {}
    by_kind = sorted(rows, key=lambda row: (row[0] != "bid", row[1]))
    for kind, bid, name, text, value, low, high in by_kind:
        if kind == "bid":
            found[bid] = _BidFacts(bid, name, json.loads(text))
        elif kind == "answer":
            found[bid].answers[name] = text
        else:
            is_range = low is not None and high is not None
            values = found[bid].given if kind == "score" else found[bid].states
            values[name] = {"low": low, "high": high} if is_range else value
    return list(found.values())


_NUMBERS = ("value", "low", "high")


def _arm(
    rows: QuerySet[Any], kind: str, bid: str, name: str, *, text: str = "", numbers: Sequence[str] = ("",) * 3
) -> QuerySet[Any, Any]:
    """Give one kind of rows with the columns of all: what it is, of which bid, its name, text and numbers."""
    nothing = Cast(Value(None), FloatField())
    columns = {
        "_kind": Value(kind),
        "_bid": F(bid),
        "_name": Cast(F(name), TextField()),
        "_text": Cast(F(text) if text else Value(""), TextField()),
        **{f"_number_{place}": F(column) if column else nothing for place, column in enumerate(numbers)},
    }
    found: QuerySet[Any, Any] = rows.order_by().annotate(**columns).values_list(*columns)
    return found


def _basket_gates(case: Selection) -> Mapping[str, Sequence[str]]:
    """Every set of gates that tasks of the basket carry: which task carries it changes no outcome."""
    # Of a whole assessment they change with its tasks alone, of a very large one with the prices too.
    what = "basket-gates" if is_whole(case) else f"basket-gates:{case.pk}:{case.version}"

    def read() -> dict[str, list[str]]:
        codes = basket(case).order_by().values_list("gate_codes", flat=True)
        return {
            together: [code for code in together.split() if not code.startswith(WAIVED)]
            for together in codes.distinct()
        }

    return kept(case.assessment_id, what, read, stamp=case.assessment.stamp)


def is_whole(case: Selection) -> bool:
    """Whether the case takes in all tasks of its assessment (see ``WHOLE_UP_TO``)."""
    counts = outcome_counts(case.assessment_id, stamp=case.assessment.stamp)
    return sum(counts.values()) <= WHOLE_UP_TO


def basket(case: Selection) -> TaskAssessmentQuerySet:
    """Give the tasks of the basket that the case takes in: of a very large assessment the priced ones."""
    rows = candidates(case)
    return rows if is_whole(case) else rows.filter(legal_task__in=priced(case))


def candidates(case: Selection) -> TaskAssessmentQuerySet:
    """Give the tasks that go out, taken in by the case or not."""
    rows: TaskAssessmentQuerySet = TaskAssessment.objects.filter(assessment=case.assessment_id).candidates()
    return rows


def priced(case: Selection) -> QuerySet[BidLine, Any]:
    """Give the legal tasks that some bid prices."""
    return BidLine.objects.filter(bid__selection=case).order_by().values("legal_task")
