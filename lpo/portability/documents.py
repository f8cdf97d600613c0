"""JSON documents of a file: nothing that a database or another file could not hold, and the shape they need.

Whoever types one of these goes through a service that looks at it. A file passes no service, so what pages
read without looking is looked at here: with the same checks where there are some, else by what is written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from assessments import words_life
from assessments.dutybook import Dutybook, duties_hash, gates_hash
from assessments.models import FactorAnswer, Outcome, PracticeClass
from assessments.reference import ethics_duties, factor_rules
from assessments.rulebook import Rulebook
from engine import SuitabilityRules
from lpo.portability.faults import PortabilityFault
from selections.assumptions import assumption_faults
from selections.reference import criteria_rules
from selections.tree import criteria_tree, proposed_weights

DEEPEST = 40  # what is written has eight levels
MOST_PARTS = 200_000  # members, entries and values of one document
MOST_CHARACTERS = 8_000_000
_LARGEST = 1e308
_SHARE_TOLERANCE = 1e-6
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DECIMAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")

Check = Callable[[Any], None]


def storable(value: Any) -> str:
    """Give a text that every database stores, or say what is wrong."""
    if not isinstance(value, str):
        raise PortabilityFault(f"{str(value)[:40]!r} is not a text")
    if _UNSTORABLE.search(value):
        raise PortabilityFault("a text holds characters that no database stores")
    return value


def read_document(owner: str, value: Any) -> Any:
    """Give the value of a JSON column; ``owner`` is the label of its model and its name.

    Raises ``PortabilityFault`` for what no database stores, and for what pages could not read.
    """
    _refuse_unstorable(value)
    try:
        _CHECKS.get(owner, _anything_named)(value)
    except PortabilityFault:
        raise
    except Exception as fault:  # whatever a check of another room makes of a wrong shape is one sentence
        said = f"{type(fault).__name__}: {str(fault)[:200]!r}"
        raise PortabilityFault(f"a document has not the shape that it needs ({said})") from fault
    return value


def _refuse_unstorable(value: Any) -> None:
    """Go through all of it, level by level and not by calling itself: it may be deeper than calls may go."""
    parts, depth, level = 0, 0, [value]
    characters = 0
    while level:
        below: list[Any] = []
        for part in level:
            characters += _storable_part(part)
            below.extend(_below(part))
        parts, depth, level = parts + len(level), depth + 1, below
        if depth > DEEPEST:
            raise PortabilityFault(f"a document is deeper than {DEEPEST} levels")
        if parts > MOST_PARTS or characters > MOST_CHARACTERS:
            raise PortabilityFault(f"a document has more than {MOST_PARTS:,} parts or is too long")


def _below(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield from part
        yield from part.values()
    elif isinstance(part, list):
        yield from part


def _storable_part(part: Any) -> int:
    """Check one part without what is in it; gives its characters."""
    if isinstance(part, str):
        return len(storable(part))
    if isinstance(part, int | float) and not abs(part) <= _LARGEST:
        raise PortabilityFault("a number in a document is too large")
    return 0


# Shapes ----------------------------------------------------------------------------------------------------


def _of(kinds: type | tuple[type, ...], what: str) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise PortabilityFault(f"a document holds {str(value)[:40]!r} where {what} stands")

    return check


_text, _flag = _of(str, "a text"), _of(bool, "true or false")
_number, _whole = _of((int, float), "a number"), _of(int, "a whole number")
_anything_named = _of(dict, "an object")
_any_list = _of(list, "a list")


def _anything(value: Any) -> None:
    """Let it pass."""


def _or_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _among(known: Collection[Any]) -> Check:
    def check(value: Any) -> None:
        if not isinstance(value, str) or value not in known:
            raise PortabilityFault(f"a document holds {str(value)[:40]!r}, which is not known")

    return check


def _decimal(value: Any) -> None:
    _text(value)
    if not _DECIMAL.fullmatch(value):
        raise PortabilityFault(f"a document holds {value[:40]!r} where a decimal number stands")


def _share(value: Any) -> None:
    _number(value)
    if not 0 <= value <= 1 + _SHARE_TOLERANCE:
        raise PortabilityFault(f"a document holds {value!r} where a share from 0 to 1 stands")


def _list_of(entry: Check) -> Check:
    def check(value: Any) -> None:
        _any_list(value)
        for one in value:
            entry(one)

    return check


def _keyed(entry: Check) -> Check:
    def check(value: Any) -> None:
        _anything_named(value)
        for one in value.values():
            entry(one)

    return check


def _members(needed: Mapping[str, Check], other: Mapping[str, Check] = MappingProxyType({})) -> Check:
    def check(value: Any) -> None:
        _anything_named(value)
        for name, member in needed.items():
            if name not in value:
                raise PortabilityFault(f"a document lacks {name!r}")
            member(value[name])
        for name in set(other) & set(value):
            other[name](value[name])

    return check


def _having(*names: str, **members: Check) -> Check:
    return _members({**dict.fromkeys(names, _anything), **members})


def _empty_or(check: Check) -> Check:
    return lambda value: _anything_named(value) if not value else check(value)


@dataclass
class _Like:
    """The shape of a document that ships: members that it has must be of the kinds that they are there."""

    kinds: set[str] = field(default_factory=set)
    members: dict[str, _Like] = field(default_factory=dict)
    entries: list[_Like] = field(default_factory=list)  # one, where a list holds anything

    @classmethod
    def of(cls, sample: Any) -> _Like:
        made = cls()
        made.learn(sample)
        return made

    def learn(self, sample: Any) -> None:
        self.kinds.add(_kind(sample))
        if isinstance(sample, dict):
            for name, part in sample.items():
                self.members.setdefault(name, _Like()).learn(part)
        elif isinstance(sample, list) and sample:
            self.entries = self.entries or [_Like()]
            for part in sample:
                self.entries[0].learn(part)

    def check(self, value: Any, where: str = "it") -> None:
        if _kind(value) not in self.kinds:
            raise PortabilityFault(f"in a document {where} is {_kind(value)}")
        if isinstance(value, dict):
            for name in set(self.members) & set(value):
                self.members[name].check(value[name], name)
        elif isinstance(value, list) and self.entries:
            for part in value:
                self.entries[0].check(part, f"an entry of {where}")


def _kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes or no"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
    return "an object"


# Documents -------------------------------------------------------------------------------------------------


@cache
def _shipped(kind: str) -> _Like:
    shipped: dict[str, Callable[[], Any]] = {
        "factors": factor_rules,
        "duties": ethics_duties,
        "criteria": criteria_rules,
    }
    return _Like.of(shipped[kind]())


def _factor_set(content: Any) -> None:
    _shipped("factors").check(content)
    SuitabilityRules.from_dict(content)
    book = Rulebook(content)
    rows = [*content["gates"], *content.get("gates_off", ())]
    _list_of(_members({}, {"asks": _keyed(_anything_named), "off": _anything_named}))(rows)
    for gate in (*book.gates.values(), *(off.gate for off in book.off)):
        for condition in gate.conditions:
            _text(condition)
            book.asks_of(gate, condition)
    for band in book.bands:
        _among((*Outcome.values, ""))(band.code)
    _ = book.factors, book.flags, gates_hash(content)


def _duty_set(content: Any) -> None:
    _shipped("duties").check(content)
    book = Dutybook(content)
    _ = book.duties, book.authorities, duties_hash(content)


def _criteria_set(content: Any) -> None:
    _shipped("criteria").check(content)
    _CRITERIA(content)
    criteria_tree(content)
    if not all(math.isfinite(weight) and weight >= 0 for weight in proposed_weights(content).values()):
        raise PortabilityFault("a document holds a weight below 0")


def _assumptions(given: Any) -> None:
    """What is missing is asked for on its page; what is there must be right."""
    _anything_named(given)
    faults = {name: fault for name, fault in assumption_faults(given).items() if name in given}
    for name, fault in faults.items():
        raise PortabilityFault(f"the assumption {name[:60]!r} cannot be used: {fault.removesuffix('.')}")


def _facts(facts: Any) -> None:
    _anything_named(facts)
    words_life.counted(facts)
    words_life.counted(facts.get("kept", {}))


_CRITERIA = _members(
    {
        "criteria": _list_of(_having("code", "name", "default_weight", sub_criteria=_list_of(
            _having("code", "name", "unit", "weight_within", "direction", "type", "value_function"),
        ))),
        "knock_outs": _list_of(_having(
            "code", "name", "applies", "consequence", "fails_when", "params", "test",
        )),
        "evidence_levels": _list_of(_having("code", "confidence")),
    }
)  # fmt: skip
_ROUNDING = _empty_or(_members({"of": _list_of(_text), "plus": _list_of(_whole)}))
_SHARES = _keyed(_share)
_RESULT = _members(
    {},
    {
        "gates": _list_of(_members({"code": _text, "effect": _text}, {"reason": _text, "waived": _flag})),
        "factors": _list_of(_members(
            {"code": _text, "weight": _number, "maximum": _number,
             **{name: _or_none(_number) for name in ("level", "norm", "points")}},
        )),
        "unknown": _list_of(_text),
        "band_range": _or_none(_list_of(_text)),
        "conditions": _whole,
    },
)  # fmt: skip
_FIGURES = _members(
    {
        "practice_of_law": _among(PracticeClass.values), "unit": _text, "staffing_mix": _SHARES,
        "flags": _list_of(_text), "is_profile_assumed": _flag, "carried_from": _text, "rounding": _ROUNDING,
        **{name: _or_none(_decimal) for name in ("annual_volume", "hours_per_unit", "turnaround_days")},
    },
    {"annual_hours": _or_none(_number), "baseline_amount": _or_none(_decimal), "score": _or_none(_number),
     "cash_amount": _or_none(_decimal)},
)  # fmt: skip
_ANSWER = {"level": _or_none(_number), "source": _among(FactorAnswer.Source.values), "reason": _text}

_CHECKS: dict[str, Check] = {
    "assessments.factorset.content": _factor_set,
    "assessments.factordraft.content": _factor_set,
    "assessments.dutyset.content": _duty_set,
    "assessments.statechange.facts": _facts,
    "assessments.taskassessment.staffing_mix": _SHARES,
    "assessments.taskassessment.flags": _list_of(_text),
    "assessments.taskassessment.gates": _list_of(_text),
    "assessments.taskassessment.rounding": _ROUNDING,
    "assessments.taskassessment.result": _RESULT,
    "assessments.tasksplit.figures": _FIGURES,
    "assessments.tasksplit.answers": _keyed(_members(_ANSWER)),
    "providers.provider.languages": _list_of(_text),
    "reports.report.notes": _list_of(_text),
    "selections.criteriaset.content": _criteria_set,
    "selections.selection.assumptions": _assumptions,
    "selections.bid.acceptances": _keyed(_text),
    "accounts.auditevent.before": _anything_named,
    "accounts.auditevent.after": _anything_named,
}
DOCUMENTS = frozenset(_CHECKS)
