"""All prices of a bid at once: planned row by row first, saved all or not at all."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Q

import figures
from accounts.models import User
from assessments.models import TaskAssessment
from assessments.saving import save_columns
from selections.models import Bid, BidLine
from selections.services.prices import MOST, STATED, line_facts, put, tell_price
from selections.services.trail import locked, touch

REPLACE = "Replace the prices that exist"
CHANGED_MEANWHILE = "Something was changed after this was shown. Look at it once more."
_LONGEST_CODE, _LONGEST_NAME = 12, 160


class PriceKind(models.TextChoices):
    """What a price sheet would do with one row."""

    NEW = "new", "new"
    CHANGED = "changed", "changes"
    SAME = "same", "no change"
    LEFT_OUT = "left_out", "left out: no price"
    WRONG = "wrong", "cannot be saved"


@dataclass(frozen=True)
class TypedPrice:
    """One row of a price sheet: its cells as typed, what could be read of them, and what could not.

    ``texts`` and ``faults`` by column: "code" and "name" of the task and the names of ``STATED``;
    ``facts`` by the latter. ``fault`` is about the row as a whole.
    """

    number: int
    texts: Mapping[str, str]
    facts: Mapping[str, Any]
    faults: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""

    @property
    def is_priced(self) -> bool:
        """Whether it says anything of a price."""
        return any(self.texts.get(name) for name in STATED)


@dataclass(frozen=True)
class PriceCell:
    """One cell as it was read. ``before`` is what the bid says now, where that differs."""

    key: str
    text: str
    before: str | None = None
    fault: str = ""


@dataclass(frozen=True)
class PriceRow:
    """One row: what it would do to the price of which task.

    ``line`` holds the price that would be saved, ``unit`` what it would be for; ``before`` is what the trail
    keeps of the price that stands, None where there is none.
    """

    number: int
    kind: PriceKind
    task: str
    task_fault: str = ""
    cells: tuple[PriceCell, ...] = ()
    fault: str = ""
    unit: str = ""
    line: BidLine | None = None
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class PricePlan:
    """What a price sheet would do. ``fault`` is set when the sheet as a whole cannot be read."""

    rows: tuple[PriceRow, ...] = ()
    fault: str = ""

    def count(self, kind: str) -> int:
        """Rows of one kind."""
        return sum(1 for row in self.rows if row.kind == kind)

    @property
    def is_good(self) -> bool:
        """Whether all of it can be saved."""
        return not self.fault and bool(self.rows) and not self.count(PriceKind.WRONG)

    @property
    def changes(self) -> tuple[PriceRow, ...]:
        """Rows that would change anything."""
        return tuple(row for row in self.rows if row.kind in {PriceKind.NEW, PriceKind.CHANGED})

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns with anything in them, in their order; model and price always."""
        used = {cell.key for row in self.rows for cell in row.cells if cell.text or cell.before or cell.fault}
        return tuple(name for name in STATED if name in {"model", "price_amount"} | used)

    @property
    def fingerprint(self) -> str:
        """Tell this plan from another: which price would become what."""
        digest = hashlib.sha256()
        for row in self.rows:
            told = (row.number, str(row.kind), row.line.legal_task_id if row.line else 0)
            digest.update(repr((told, [(cell.key, cell.text, cell.before) for cell in row.cells])).encode())
        return digest.hexdigest()


class PricesRefusedError(ValueError):
    """Nothing was saved; ``plan`` says why, or shows what changed since it was last seen."""

    def __init__(self, plan: PricePlan, sentence: str = "") -> None:
        self.plan = plan
        super().__init__(sentence)


def plan_prices(*, bid: Bid, rows: Sequence[TypedPrice], is_replacing: bool) -> PricePlan:
    """Compare the rows of a price sheet with a bid; writes nothing and never raises. Two queries."""
    planner = _Planner.of(bid, rows, is_replacing)
    planned = tuple(planner.plan(row) for row in rows)
    if all(row.kind == PriceKind.LEFT_OUT for row in planned):
        return PricePlan(planned, "No row holds a price: there is nothing to save.")
    return PricePlan(planned)


@transaction.atomic
def save_prices(
    *, actor: User, bid: Bid, rows: Sequence[TypedPrice], is_replacing: bool, shown: str
) -> PricePlan:
    """Save a whole price sheet, each changed price with its event, and count one change of the ranking.

    ``shown``: the fingerprint of the plan that was looked at. Raises ``PricesRefusedError``, and then nothing
    was saved: a row is wrong, or prices were changed since.
    """
    locked(bid.selection)
    plan = plan_prices(bid=bid, rows=rows, is_replacing=is_replacing)
    if not plan.is_good:
        raise PricesRefusedError(plan)
    if plan.fingerprint != shown:
        raise PricesRefusedError(plan, CHANGED_MEANWHILE)
    lines = [(row.line, row.before) for row in plan.changes if row.line is not None]
    BidLine.objects.bulk_create(line for line, before in lines if before is None)
    save_columns([line for line, before in lines if before is not None], [*STATED, "unit"])
    for line, before in lines:
        tell_price(actor=actor, bid=bid, line=line, before=before)
    if lines:
        touch(selection=bid.selection)
    return plan


@dataclass
class _Planner:
    """Plans row after row and remembers the tasks that came before."""

    bid: Bid
    by_code: Mapping[str, TaskAssessment]
    by_name: Mapping[str, TaskAssessment]
    lines: Mapping[int, BidLine]
    is_replacing: bool
    seen: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, bid: Bid, rows: Sequence[TypedPrice], is_replacing: bool) -> _Planner:
        """Read the tasks that the rows may mean, and what the bid says of them."""
        texts = {row.texts.get(key, "") for row in rows for key in ("code", "name")} - {""}
        codes = {code for text in texts if len(text) <= _LONGEST_CODE for code in (text, text.upper())}
        found = (
            TaskAssessment.objects.filter(assessment=bid.selection.assessment_id)
            .filter(Q(list_code__in=codes) | Q(list_name__in={_name_key(text) for text in texts}))
            .with_task()
        )
        tasks = list(found)
        lines = BidLine.objects.filter(bid=bid, legal_task__in=[task.legal_task_id for task in tasks])
        return cls(
            bid,
            {task.list_code.upper(): task for task in tasks},
            {task.list_name: task for task in tasks},
            {line.legal_task_id: line for line in lines},
            is_replacing,
        )

    def plan(self, row: TypedPrice) -> PriceRow:
        """Say what one row would do."""
        code, name = row.texts.get("code", ""), row.texts.get("name", "")
        typed = code or name
        if not row.is_priced and not row.fault:
            task = self._called(code) or self._called(name)
            return PriceRow(row.number, PriceKind.LEFT_OUT, str(task.legal_task) if task else typed)
        task, fault = self._task(row)
        if task is None:
            return PriceRow(row.number, PriceKind.WRONG, typed, fault, _as_typed(row), row.fault)
        return self._priced(row, task, fault)

    def _priced(self, row: TypedPrice, task: TaskAssessment, fault: str) -> PriceRow:
        old = self.lines.get(task.legal_task_id)
        before = line_facts(old) if old else None
        was = _texts(old) if old else {}
        line = copy.copy(old) if old else BidLine()
        line.bid, line.legal_task = self.bid, task.legal_task  # or each look at them asks for them
        faults = {**put(line, task, row.facts), **row.faults}
        is_same = not faults and before == line_facts(line)
        if old and not is_same and not self.is_replacing:
            code = task.legal_task.code
            fault = fault or f"{code} has a price already. Tick “{REPLACE}”, or take this row out."
        if fault or row.fault or faults:
            kind = PriceKind.WRONG
        elif before is None:
            kind = PriceKind.NEW
        else:
            kind = PriceKind.SAME if is_same else PriceKind.CHANGED
        return PriceRow(
            number=row.number,
            kind=kind,
            task=str(task.legal_task),
            task_fault=fault,
            cells=tuple(_cells(row, _texts(line), was, faults)),
            fault=row.fault,
            unit="" if faults else line.unit,
            line=line,
            before=before,
        )

    def _task(self, row: TypedPrice) -> tuple[TaskAssessment | None, str]:
        """Find the task of a row; with it, or instead, what keeps it from being priced."""
        code, name = row.texts.get("code", ""), row.texts.get("name", "")
        by_code, by_name = self._called(code), self._called(name)
        task = by_code or by_name
        if task is None:
            if not code and not name:
                return None, "Say which task the row prices: its code or its name."
            return None, f"“{(code or name)[:60]}” is no task of this case: use a code or name of the basket."
        if by_code and by_name and by_code != by_name:
            return None, (
                f"The code is that of {by_code.legal_task}, the name that of {by_name.legal_task}. "
                "Correct one of them."
            )
        return task, self._fault(task, row.number)

    def _called(self, text: str) -> TaskAssessment | None:
        return self.by_code.get(text.upper()) or self.by_name.get(_name_key(text)) if text else None

    def _fault(self, task: TaskAssessment, number: int) -> str:
        code = task.legal_task.code
        first = self.seen.setdefault(task.pk, number)
        if first != number:
            return f"Row {first} prices the same task."
        if not task.is_candidate:
            return f"{code} is not in the basket: it is neither to be outsourced nor piloted."
        return ""


def _name_key(text: str) -> str:
    return " ".join(text.split()).casefold()[:_LONGEST_NAME]


def _as_typed(row: TypedPrice) -> tuple[PriceCell, ...]:
    return tuple(_cells(row, {}, {}, row.faults))


def _cells(
    row: TypedPrice, read: Mapping[str, str], was: Mapping[str, str], faults: Mapping[str, str]
) -> Iterable[PriceCell]:
    """Each cell as it was read, as it was typed where it could not be."""
    for name in STATED:
        text = read.get(name, "") if name in row.facts and read else row.texts.get(name, "")
        before = was[name] if was and was[name] != text else None
        yield PriceCell(name, text, before, faults.get(name, ""))


def _texts(line: BidLine) -> dict[str, str]:
    """Write a price for comparing it with another: no digit is lost."""
    numbers = {name: getattr(line, name) for name in STATED if name != "model"}
    shown = {
        name: _amount(number) if isinstance(number, Decimal) else figures.exact(number, none="")
        for name, number in numbers.items()
    }
    return {"model": str(line.get_model_display()), **shown}


def _amount(amount: Decimal) -> str:
    """Write money with cents, and with further decimals where it has some."""
    has_more = abs(amount) > MOST or amount != round(amount, 2)
    return figures.exact(amount) if has_more else figures.price(amount)
