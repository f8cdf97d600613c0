"""What a board is asked to decide, in one sentence; nothing is asked for that nobody has priced."""

from __future__ import annotations

from collections.abc import Sequence

from reports.source import Source, codes_or_count, counted, number_word


def asked(source: Source) -> str:
    """The decision in one sentence."""
    if not source.basket:
        return "Take note that no legal task goes out yet: there is nothing to award."
    if not source.reading.ranking:
        return "Take note that no provider can be ranked, and keep the work in-house for now."
    shared = _shared(source)
    if not shared:
        return _nothing_priced(source)
    still_open = _still_open(source, shared)
    if len(source.front) > 1:
        return f"Approve a paid pilot with {source.front_names}, then award {_to_the_better(source, shared)}."
    first = source.front[0]
    ready = " once its open knock-outs are cleared" if source.standing(first).status == "conditional" else ""
    if not still_open:
        return f"Approve the award of the {_basket(source)} to {source.reading.short[first]}{ready}."
    tasks = _tasks(source, shared)
    return f"Approve the award to {source.reading.short[first]} of {tasks}{ready}; {still_open}."


def _shared(source: Source) -> list[str]:
    """Tasks of the basket in the scope of everybody at the front."""
    scopes = [set(source.case(code)["scope"]) for code in source.front]
    return [task.code for task in source.basket if all(task.code in scope for scope in scopes)]


def _nothing_priced(source: Source) -> str:
    if len(source.front) == 1:
        return f"Take note that {source.front_names} prices no task of the basket: there is nothing to award."
    return f"Ask {source.front_names} for prices of the same tasks: the bids have none in common to award."


def _basket(source: Source) -> str:
    return f"{number_word(len(source.basket))}-task basket"


def _to_the_better(source: Source, shared: Sequence[str]) -> str:
    still_open = _still_open(source, shared)
    if not still_open:
        return f"the {_basket(source)} to the better"
    return f"{_tasks(source, shared)} to the better; {still_open}"


def _tasks(source: Source, shared: Sequence[str]) -> str:
    """The tasks with how they belong to the front: "the twelve tasks that both price"."""
    tasks = f"the {counted(len(shared), 'task')}"
    left = len(source.basket) - len(shared)
    if len(_unpriced(source)) < left:  # something was priced and is left out all the same
        return f"{tasks} in {_scope(source)}"
    if len(source.front) == 1:
        return f"{tasks} that it prices"
    return f"{tasks} that {_everybody(source)} price"


def _everybody(source: Source) -> str:
    return "both" if len(source.front) == 2 else f"all {number_word(len(source.front))}"


def _scope(source: Source) -> str:
    return "its scope" if len(source.front) == 1 else f"the scope of {_everybody(source)}"


def _unpriced(source: Source) -> list[str]:
    """Tasks of the basket for which nobody at the front has made an offer."""
    offers = {bid["code"]: {offer["task"] for offer in bid["offers"]} for bid in source.inputs["bids"]}
    priced = set().union(*(offers[code] for code in source.front))
    return [task.code for task in source.basket if task.code not in priced]


def _still_open(source: Source, shared: Sequence[str]) -> str:
    """What becomes of the rest of the basket; "" where there is none."""
    unpriced = _unpriced(source)
    other = [task.code for task in source.basket if task.code not in {*shared, *unpriced}]
    scope = _scope(source)
    said = (
        _stays(unpriced, "has no price", "have no price"),
        _stays(other, f"is not in {scope}", f"are not in {scope}"),
    )
    return "; ".join(filter(None, said))


def _stays(codes: Sequence[str], one: str, many: str) -> str:
    if not codes:
        return ""
    if len(codes) == 1:
        return f"{codes[0]} {one} and stays open"
    return f"{codes_or_count(codes)} {many} and stay open"
