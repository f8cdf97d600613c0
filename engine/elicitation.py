"""What a decision file says about the importance of a group of criteria: checked, then made into weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.best_worst import MODELS, best_and_worst, best_worst_weights
from engine.best_worst import judgement_problem as best_worst_problem
from engine.checks import Array, is_one_of, number_problem
from engine.errors import Fault, InvalidInput, at, quoted
from engine.errors import member as place_of
from engine.pairwise import MAX_COMPARED, judgement_problem, pairwise_weights
from engine.weights import rank_order_centroid

_POINTS = frozenset({"method", "points"})
METHOD_FIELDS: Mapping[str, frozenset[str]] = {
    "points": _POINTS,
    "swing": _POINTS,
    "rank_order": frozenset({"method", "order"}),
    "pairwise": frozenset({"method", "order", "upper"}),
    "best_worst": frozenset({"method", "best", "worst", "best_to_others", "others_to_worst", "model"}),
}
_ITSELF = {"best_to_others": "best", "others_to_worst": "worst"}


def elicitation_faults(elicitation: Mapping[str, Any], codes: list[Any], path: str) -> list[Fault]:
    """What is wrong with the members of an elicitation for the criteria `codes`, which may be faulty too."""
    method = elicitation.get("method")
    if is_one_of(method, ("points", "swing")):
        return _by_code(elicitation.get("points"), codes, at(path, "points"), "points", _points_problem)
    if is_one_of(method, ("rank_order",)):
        return _order(elicitation, codes, path)
    if is_one_of(method, ("pairwise",)):
        return [*_order(elicitation, codes, path), *_upper(elicitation, len(codes), path)]
    if is_one_of(method, ("best_worst",)):
        return _best_worst(elicitation, codes, path)
    return [Fault(at(path, "method"), f"unknown method {quoted(method)}: {', '.join(METHOD_FIELDS)}")]


def elicited_weights(elicitation: Mapping[str, Any], codes: list[str]) -> list[float]:
    """Relative weights of the criteria `codes`, in their order, from a checked elicitation."""
    method = elicitation["method"]
    if method == "best_worst":
        to_others, to_worst = _best_worst_rows(elicitation, codes)
        best, worst = codes.index(elicitation["best"]), codes.index(elicitation["worst"])
        model = elicitation.get("model", "linear")
        found = best_worst_weights(to_others, to_worst, model=model, best=best, worst=worst)
        return [float(weight) for weight in found.weights]
    if method in ("points", "swing"):
        return [float(elicitation["points"][code]) for code in codes]
    ordered = (
        rank_order_centroid(len(codes))
        if method == "rank_order"
        else pairwise_weights(elicitation["upper"]).weights
    )
    by_code = dict(zip(elicitation["order"], ordered.tolist(), strict=True))
    return [by_code[code] for code in codes]


def _points_problem(points: Any) -> str | None:
    return number_problem(points, at_least=0)


def _by_code(
    numbers: object, codes: list[Any], place: str, noun: str, problem_of: Callable[[Any], str | None]
) -> list[Fault]:
    """Faults of an object with one number for each criterion."""
    if not isinstance(numbers, Mapping):
        return [Fault(place, f"an object with {noun} for each criterion of the group is needed")]
    known = {code for code in codes if isinstance(code, str)}
    strangers = [code for code in numbers if code not in known]
    faults = [Fault(place_of(place, code), "is not a criterion of this group") for code in strangers]
    for code in sorted(known):
        problem = problem_of(numbers[code]) if code in numbers else f"{noun} are missing"
        if problem is not None:
            faults.append(Fault(at(place, code), problem))
    return faults


def _order(elicitation: Mapping[str, Any], codes: list[Any], path: str) -> list[Fault]:
    order = elicitation.get("order")
    known = {code for code in codes if isinstance(code, str)}
    if isinstance(order, list | tuple) and len(order) == len(codes):
        named = {code for code in order if isinstance(code, str)}
        if named == known:
            return []
    return [Fault(at(path, "order"), "every criterion of the group must be named exactly once")]


def _upper(elicitation: Mapping[str, Any], count: int, path: str) -> list[Fault]:
    place = at(path, "upper")
    if count > MAX_COMPARED:
        message = f"{count} criteria are more than the {MAX_COMPARED} that can be compared in pairs"
        return [Fault(place, message)]
    upper = elicitation.get("upper")
    needed = count * (count - 1) // 2
    if not isinstance(upper, list | tuple) or len(upper) != needed:
        return [Fault(place, f"a list of {needed} judgements, row by row, is needed for {count} criteria")]
    problems = ((at(place, index), judgement_problem(value)) for index, value in enumerate(upper))
    return [Fault(where, problem) for where, problem in problems if problem is not None]


def _best_worst(elicitation: Mapping[str, Any], codes: list[Any], path: str) -> list[Fault]:
    known = [code for code in codes if isinstance(code, str)]
    faults = [
        Fault(at(path, name), "must be the code of a criterion of this group")
        for name in ("best", "worst")
        if not is_one_of(elicitation.get(name), known)
    ]
    if not is_one_of(elicitation.get("model", "linear"), MODELS):
        faults.append(Fault(at(path, "model"), 'must be "linear" or "nonlinear"'))
    for member in _ITSELF:
        row = _best_worst_row(elicitation, member, codes)
        faults += _by_code(row, codes, at(path, member), "judgements", best_worst_problem)
    are_usable = all(isinstance(code, str) for code in codes) and len(set(codes)) == len(codes)
    return faults if faults or not are_usable else _contradictions(elicitation, codes, path)


def _contradictions(elicitation: Mapping[str, Any], codes: list[str], path: str) -> list[Fault]:
    to_others, to_worst = _best_worst_rows(elicitation, codes)
    named = codes.index(elicitation["best"]), codes.index(elicitation["worst"])

    def place(member: str, index: int) -> str:
        return at(at(path, member), codes[index])

    try:
        best_and_worst(to_others, to_worst, named, place)
    except InvalidInput as refused:
        return list(refused.faults)
    return []


def _best_worst_row(elicitation: Mapping[str, Any], member: str, codes: list[Any]) -> object:
    """One row as the file gives it, with the 1 of a criterion against itself where the file leaves it out."""
    row, itself = elicitation.get(member), elicitation.get(_ITSELF[member])
    if isinstance(row, Mapping) and isinstance(itself, str) and itself in codes:
        return {itself: 1, **row}
    return row


def _best_worst_rows(elicitation: Mapping[str, Any], codes: list[str]) -> tuple[Array, Array]:
    """Both rows of a checked elicitation, in the order of `codes`."""
    rows: list[Any] = [_best_worst_row(elicitation, member, codes) for member in _ITSELF]
    to_others, to_worst = (np.array([float(row[code]) for code in codes]) for row in rows)
    return to_others, to_worst
