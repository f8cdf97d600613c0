"""Knock-out tests of a bid: what no score can offset, for the whole bid or for single tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.checks import (
    is_one_of,
    number_problem,
    require_list,
    require_mapping,
    require_number,
    require_text,
)
from engine.errors import at, quoted, refuse

Result = Literal["passed", "failed", "conditional", "not tested"]
ANSWERS = ("yes", "no", "partly")
# Only these two may be lifted by a recorded written acceptance or guarantee (domain rules, knock-outs).
ACCEPTABLE = ("K07", "K13")
_GATES_PREFIX = "gates:"
_MINIMUM_TESTS = ("min_score", "min_value")


@dataclass(frozen=True, slots=True)
class KnockOutTest:
    """The result of one test. `tasks`: the basket tasks it looked at, for a task-level test."""

    code: str
    name: str
    outcome: Result
    reason: str
    consequence: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskExclusion:
    """Tasks that the bid cannot be given because a task-level test failed."""

    knock_out: str
    excluded_tasks: tuple[str, ...]


@dataclass(frozen=True)
class KnockOuts:
    """The result of `knock_outs`. `failed` and `conditional` are codes; task exclusions are apart from both.

    `status`: excluded if a test of the whole bid failed, else conditional if any test is, else eligible.
    """

    tests: tuple[KnockOutTest, ...]
    task_exclusions: tuple[TaskExclusion, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Codes of the failed tests of the whole bid."""
        excluding = {exclusion.knock_out for exclusion in self.task_exclusions}
        return tuple(t.code for t in self.tests if t.outcome == "failed" and t.code not in excluding)

    @property
    def conditional(self) -> tuple[str, ...]:
        """Codes of the tests that are still open."""
        return tuple(test.code for test in self.tests if test.outcome == "conditional")

    @property
    def excluded_tasks(self) -> tuple[str, ...]:
        """Codes of all tasks excluded by any test, each once."""
        return tuple(dict.fromkeys(task for row in self.task_exclusions for task in row.excluded_tasks))

    @property
    def status(self) -> Literal["excluded", "conditional", "eligible"]:
        """What the tests mean for the bid as a whole."""
        if self.failed:
            return "excluded"
        return "conditional" if self.conditional else "eligible"


def knock_outs(
    bid: Mapping[str, Any], rules: Sequence[Mapping[str, Any]], basket: Mapping[str, Iterable[str]]
) -> KnockOuts:
    """Test one bid.

    `bid`: {"metrics": {code: number or None}, "answers": {question: "yes", "no", "partly" or None},
    "acceptances": [codes of K07 or K13 with a recorded acceptance or guarantee]}; other members are ignored.
    `rules`: the `knock_outs` of `criteria.json`. `basket`: for every basket task the codes of its gates.
    """
    require_mapping(bid, "bid")
    if not isinstance(bid.get("acceptances", ()), list | tuple | Mapping):
        raise refuse("bid.acceptances", "a list of knock-out codes is needed")
    gates = _gates_by_task(basket)
    tests, exclusions = [], []
    for place, rule in enumerate(require_list(rules, "rules")):
        path = at("rules", place)
        require_mapping(rule, path)
        tasks = _tasks(rule, gates, path)
        test = _test(bid, rule, tasks, path)
        if tasks and test.outcome == "failed":
            exclusions.append(TaskExclusion(test.code, tasks))
        tests.append(test)
    return KnockOuts(tests=tuple(tests), task_exclusions=tuple(exclusions))


def _gates_by_task(basket: object) -> dict[str, frozenset[str]]:
    found = {}
    for task, gates in require_mapping(basket, "basket").items():
        path = at("basket", task)
        if not isinstance(gates, list | tuple | set | frozenset):
            raise refuse(path, "a list of gate codes is needed")
        found[task] = frozenset(require_text(gate, path) for gate in gates)
    return found


def _tasks(
    rule: Mapping[str, Any], gates_by_task: Mapping[str, frozenset[str]], path: str
) -> tuple[str, ...] | None:
    """Basket tasks that a task-level test looks at; None for a test of the whole bid."""
    applies = rule.get("applies")
    if is_one_of(applies, ("always",)):
        return None
    if not isinstance(applies, str) or not applies.startswith(_GATES_PREFIX):
        raise refuse(at(path, "applies"), f'must be "always" or "gates:…", not {quoted(applies)}')
    named = {gate.strip() for gate in applies.removeprefix(_GATES_PREFIX).split(",")}
    return tuple(task for task, gates in gates_by_task.items() if named & gates)


def _test(
    bid: Mapping[str, Any], rule: Mapping[str, Any], tasks: tuple[str, ...] | None, path: str
) -> KnockOutTest:
    code = require_text(rule.get("code"), at(path, "code"))
    outcome, reason = _outcome(bid, rule, path)
    if tasks == ():
        outcome, reason = "not tested", "no basket task carries the gate"
    elif outcome == "failed" and code in ACCEPTABLE and code in bid.get("acceptances", ()):
        outcome, reason = "conditional", f"{reason}; accepted in writing"
    return KnockOutTest(
        code=code,
        name=str(rule.get("name", "")),
        outcome=outcome,
        reason=reason,
        consequence=str(rule.get("consequence", "")),
        tasks=tasks or (),
    )


def _outcome(bid: Mapping[str, Any], rule: Mapping[str, Any], path: str) -> tuple[Result, str]:
    params = require_mapping(rule.get("params"), at(path, "params"))
    if is_one_of(rule.get("test"), _MINIMUM_TESTS):
        return _minimum(bid, params, at(path, "params"))
    if is_one_of(rule.get("test"), ("answer",)):
        return _answer(bid, params, at(path, "params"))
    raise refuse(at(path, "test"), f"unknown test {quoted(rule.get('test'))}")


def _minimum(bid: Mapping[str, Any], params: Mapping[str, Any], path: str) -> tuple[Result, str]:
    """Equal to the minimum passes; a missing metric leaves the test open."""
    code = require_text(params.get("sub_criterion"), at(path, "sub_criterion"))
    least = require_number(params.get("min"), at(path, "min"))
    value = require_mapping(bid.get("metrics", {}), "bid.metrics").get(code)
    if value is None:
        return "conditional", f"{code} is not known; at least {least:g} is needed"
    problem = number_problem(value)
    if problem is not None:
        raise refuse(at("bid.metrics", code), problem)
    return ("passed" if value >= least else "failed"), f"{code} is {value:g}; at least {least:g} is needed"


def _answer(bid: Mapping[str, Any], params: Mapping[str, Any], path: str) -> tuple[Result, str]:
    question = require_text(params.get("question"), at(path, "question"))
    answer = require_mapping(bid.get("answers", {}), "bid.answers").get(question)
    if answer is None:
        return "conditional", f"{question} is not answered"
    if not is_one_of(answer, ANSWERS):
        raise refuse(at("bid.answers", question), f"must be yes, no or partly, not {quoted(answer)}")
    outcomes: dict[str, Result] = {"yes": "passed", "no": "failed", "partly": "conditional"}
    return outcomes[answer], f"{question} is answered {answer}"
