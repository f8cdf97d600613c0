"""Putting an organisation into a database: one transaction, its files taken back when it fails."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.validators import validate_email, validate_slug
from django.db import DatabaseError, connection, models, transaction

from accounts.models import Organisation, User
from accounts.tenancy import opened
from assessments.models import Assessment, TaskAssessment
from assessments.rulebook import Rulebook, gates_in_force, waived_gates
from assessments.scoring import recount_conditions
from lpo.portability.documents import storable
from lpo.portability.faults import PortabilityFault
from lpo.portability.older import Older
from lpo.portability.packing import Bundle, opened_bundle
from lpo.portability.shape import Column, Kind, Shape, organisation_columns, shapes
from lpo.portability.values import read
from lpo.verification import Checked, check_organisation
from selections.models import Selection
from selections.services import preview_ranking

BATCH = 1_000
GONE = "gone-"


@dataclass(frozen=True)
class Imported:
    """What was read: rows by model, people found here by e-mail and people made, and what was checked."""

    organisation: Organisation
    counts: dict[str, int]
    linked: tuple[str, ...]
    created: tuple[str, ...]
    checked: Checked


def import_organisation(path: Path, *, slug: str = "") -> Imported:
    """Bring an exported organisation in, beside whatever is here; all of it or nothing.

    ``slug`` gives it another address. Raises ``PortabilityFault`` with a sentence for everything that is
    wrong with the file.
    """
    with opened_bundle(path) as bundle:
        reader = _Reader(bundle, slug)
        try:
            with transaction.atomic():
                organisation, counts = reader.read()
                _recount(organisation)
                _calculate(organisation)
                checked = check_organisation(organisation)
                broken = [fault for fault in checked.faults if "another hash" in fault]
                if broken:
                    raise PortabilityFault(f"Nothing was imported: {broken[0]}.")
        except BaseException as fault:
            reader.take_files_back()
            in_words = _in_words(fault)
            raise in_words from None if in_words is fault else fault
    return Imported(organisation, counts, tuple(reader.linked), tuple(reader.created), checked)


def _recount(organisation: Organisation) -> None:
    """A file from before conditions asked for a lawyer says less is open than is."""
    with opened(organisation):
        for assessment in Assessment.objects.select_related("factor_set"):
            _refuse_unknown_gates(assessment)
            recount_conditions(assessment=assessment)


def _refuse_unknown_gates(assessment: Assessment) -> None:
    """Pages look every gate of a task up in the factor set of its assessment."""
    known = set(Rulebook(assessment.factor_set.content).gates)
    rows = TaskAssessment.objects.filter(assessment=assessment).order_by("pk")
    for task, gates, codes, result in rows.values_list(
        "list_code", "gates", "gate_codes", "result"
    ).iterator():
        fired = {gate["code"] for gate in result.get("gates", ())}
        unknown = {*gates, *gates_in_force(codes), *waived_gates(codes), *fired} - known
        if unknown:
            raise PortabilityFault(
                f"Nothing was imported: {task[:12]!r} has the gate {min(unknown)[:20]!r}, which its factor "
                "set does not know."
            )


def _calculate(organisation: Organisation) -> None:
    """Rank every case once, as its pages do: what only goes wrong there would keep everybody out of them."""
    with opened(organisation):
        for selection in Selection.objects.order_by("pk"):
            try:
                preview_ranking(selection=selection)
            except Exception as fault:
                said = f"{type(fault).__name__}: {str(fault)[:200]!r}"
                raise PortabilityFault(
                    f"Nothing was imported: the case {selection.name!r} cannot be calculated ({said})."
                ) from fault


def _in_words(fault: BaseException) -> BaseException:
    """Say what was wrong; only what ends the program stays what it is."""
    if isinstance(fault, PortabilityFault) or not isinstance(fault, Exception):
        return fault
    if isinstance(fault, DatabaseError):
        return PortabilityFault(f"Nothing was imported: the database refused a row ({fault}).")
    if isinstance(fault, OSError | zlib.error):
        return PortabilityFault(f"Nothing was imported: a file could not be read or written ({fault}).")
    said = f"{type(fault).__name__}: {str(fault)[:200]!r}"
    return PortabilityFault(f"Nothing was imported: this version cannot use what the file holds ({said}).")


@dataclass
class _Reader:
    bundle: Bundle
    slug: str
    people: dict[str, int] = field(default_factory=dict)  # e-mail to the key of the user
    keys: dict[str, array[int]] = field(default_factory=dict)  # keys here, by label and number in the file
    linked: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)  # names in the storage
    organisation: Organisation = field(default_factory=Organisation)
    older: Older = field(default_factory=Older)

    def read(self) -> tuple[Organisation, dict[str, int]]:
        self._organisation()
        for number, row in enumerate(self.bundle.rows("people.jsonl"), start=1):
            self._person(row, f"people.jsonl, line {number}")
        written = self.bundle.manifest["counts"]
        unknown = sorted(set(written) - {shape.label for shape in shapes()})
        if unknown:
            raise PortabilityFault(f"This version knows no rows of the kind {unknown[0]!r}.")
        counts = {shape.label: self._rows(shape) for shape in shapes()}
        for label, count in counts.items():
            if count != written.get(label, 0):
                raise PortabilityFault(
                    f"There are {count} rows of {label}; the manifest says {written.get(label)}."
                )
        with opened(self.organisation):
            self.older.make_rows(self.keys)
        return self.organisation, counts

    def take_files_back(self) -> None:
        """Remove the files that were written for rows which do not stand."""
        for name in self.saved:
            default_storage.delete(name)

    def _organisation(self) -> None:
        row = self.bundle.document("organisation.json")
        where = "organisation.json"
        values = {column.attname: value for column, value in _plain(organisation_columns(), row, where)}
        values["slug"] = slug = self.slug or str(values["slug"])
        try:
            validate_slug(slug)
            ZoneInfo(str(values["time_zone"]))
        except (ValidationError, ZoneInfoNotFoundError, ValueError, OSError) as fault:
            said = fault.strerror if isinstance(fault, OSError) else fault
            raise PortabilityFault(
                f"{where}: the address or the time zone cannot be used ({said})."
            ) from fault
        if len(slug) > 60:
            raise PortabilityFault("The address of an organisation has 60 characters at most.")
        if Organisation.objects.filter(slug=slug).exists():
            raise PortabilityFault(
                f"There is an organisation at the address “{slug}” already. Give another one: --slug NEW."
            )
        (key,) = _insert(Organisation, [Organisation(**values)])
        self.organisation = Organisation.objects.get(pk=key)

    def _person(self, row: dict[str, Any], where: str) -> None:
        email, name, is_active = row.get("email"), row.get("name"), row.get("is_active")
        if not (isinstance(email, str) and isinstance(name, str) and isinstance(is_active, bool)):
            raise PortabilityFault(
                f"{where}: a person has an e-mail, a name and whether the account is active."
            )
        if len(email) > 254 or len(name) > 120:
            raise PortabilityFault(f"{where}: the e-mail or the name is too long.")
        try:
            validate_email(email)
            storable(name)
        except ValidationError as fault:
            raise PortabilityFault(f"{where}: {email[:80]!r} is not an e-mail address.") from fault
        except PortabilityFault as fault:
            raise PortabilityFault(f"{where}: {fault}.") from fault
        email = email.lower()
        known = User.objects.filter(email=email).first()
        (self.linked if known else self.created).append(email)
        user = known or User.objects.create_user(email, None, name=name, is_active=is_active)
        self.people[email] = user.pk

    def _rows(self, shape: Shape) -> int:
        keys = self.keys.setdefault(shape.label, array("q"))
        if shape.member not in self.bundle.members:
            return 0
        rows = enumerate(self.bundle.rows(shape.member), start=1)
        fields = [one for one in shape.model._meta.concrete_fields if not one.primary_key]
        most = connection.ops.bulk_batch_size(fields, range(BATCH))
        while batch := [self._made(shape, row, number) for number, row in islice(rows, min(BATCH, most))]:
            # A row may point to an earlier one of its own kind, so what is among them must be there first.
            for part in _in_order(shape, batch, len(keys)):
                made = [self._object(shape, values) for values in part]
                keys.extend(_insert(shape.model, made))
        return len(keys)

    def _made(self, shape: Shape, row: dict[str, Any], number: int) -> dict[str, Any]:
        """Check one row; its references stay numbers of the file until it is inserted."""
        where = f"{shape.member}, line {number}"
        if row.pop("id", None) != number:
            raise PortabilityFault(f"{where}: the rows are not numbered one after the other.")
        self.older.take(shape.label, number, row, where)
        values: dict[str, Any] = {}
        for column, value in _known(shape.columns, row, where):
            values[column.attname] = self._value(shape, column, value, row, where)
        return values

    def _value(self, shape: Shape, column: Column, value: Any, row: dict[str, Any], where: str) -> Any:
        try:
            if column.kind is Kind.PERSON:
                return self._of_person(column, value)
            if column.kind is Kind.ROW:
                return _reference(column, value)
            if column.kind is Kind.OBJECT:
                return self._of_object(value, row.get("object_type"))
            if column.kind is Kind.FILE:
                return self._file(shape, column, value) if value else ""
            return read(column, value)
        except PortabilityFault as fault:
            raise PortabilityFault(f"{where}: {fault}.") from fault

    def _of_person(self, column: Column, value: Any) -> int | None:
        if value is None and column.field.null:
            return None
        if not isinstance(value, str) or value.lower() not in self.people:
            raise PortabilityFault(
                f"{column.name} names somebody who is not among the people: {str(value)[:80]!r}"
            )
        return self.people[value.lower()]

    def _of_object(self, value: Any, kind: Any) -> str:
        """What an event is about, as text: a key of this database, or what was gone before."""
        match value if isinstance(value, dict) and len(value) == 1 else None:
            case {"row": int(number)}:
                return str(self._key(str(kind), number))
            case {"email": str(email)} if email in self.people:
                return str(self.people[email])
            case {"organisation": True}:
                return str(self.organisation.pk)
            case {"gone": int(number)} if 0 < number < 10**18:
                return f"{GONE}{number}"
        raise PortabilityFault("object_id says in no known way what the event is about")

    def _key(self, label: str, number: int) -> int:
        keys = self.keys.get(label, array("q"))
        if not 0 < number <= len(keys):
            raise PortabilityFault(f"row {number} of {label} is pointed to and does not stand before")
        return keys[number - 1]

    def _file(self, shape: Shape, column: Column, member: Any) -> str:
        """Save a report file under a name of our own choosing."""
        if not isinstance(member, str) or not member.startswith(f"files/{shape.label}.{column.name}/"):
            raise PortabilityFault(f"{column.name} names no file of this kind")
        path = PurePosixPath(member)
        wanted = column.field.generate_filename(None, f"{self.organisation.slug}-{path.stem}{path.suffix}")
        with self.bundle.open(member) as content:
            name = default_storage.save(wanted, File(content, name=path.name))
        self.saved.append(name)
        return name

    def _object(self, shape: Shape, values: dict[str, Any]) -> models.Model:
        for column in shape.of_kind(Kind.ROW):
            number = values[column.attname]
            values[column.attname] = None if number is None else self._key(column.target, number)
        made: models.Model = shape.model(organisation_id=self.organisation.pk, **values)
        return made


def _reference(column: Column, value: Any) -> int | None:
    if value is None and column.field.null:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise PortabilityFault(f"{column.name} is not the number of a row")
    return value


def _in_order(shape: Shape, batch: list[dict[str, Any]], before: int) -> Iterator[list[dict[str, Any]]]:
    """Cut a batch where a row points to one of the same batch."""
    own = [column.attname for column in shape.of_kind(Kind.ROW) if column.target == shape.label]
    part: list[dict[str, Any]] = []
    for values in batch:
        if part and any((values[name] or 0) > before for name in own):
            yield part
            before, part = before + len(part), []
        part.append(values)
    yield part


def _plain(columns: tuple[Column, ...], row: Any, where: str) -> Iterator[tuple[Column, Any]]:
    if not isinstance(row, dict):
        raise PortabilityFault(f"{where} is empty.")
    for column, value in _known(columns, row, where):
        try:
            yield column, read(column, value)
        except PortabilityFault as fault:
            raise PortabilityFault(f"{where}: {fault}.") from fault


def _known(columns: tuple[Column, ...], row: dict[str, Any], where: str) -> Iterator[tuple[Column, Any]]:
    """Every column with its value; a field that came later than the file gets its default."""
    unknown = sorted(set(row) - {column.name for column in columns})
    if unknown:
        raise PortabilityFault(f"{where}: this version knows no field {unknown[0][:60]!r}.")
    for column in columns:
        if column.name in row:
            yield column, row[column.name]
        elif column.field.has_default() or column.field.null:
            default: Callable[[], Any] = column.field.get_default
            # As the file would have it: a number of a row, an e-mail, a text.
            yield column, None if column.kind in {Kind.PERSON, Kind.ROW} else default()
        else:
            raise PortabilityFault(f"{where}: the field {column.name!r} is missing.")


def _insert(model: Any, rows: list[Any]) -> list[int]:
    """Insert rows as they are and give their keys in order.

    ``raw`` keeps the times of the rows (auto_now would put today's). The wall's own manager is passed by: the
    keys were all given out by this import, and asking for each of them would take hours.
    """
    fields = [one for one in model._meta.concrete_fields if not one.primary_key]
    inserted = models.QuerySet(model=model)._insert(  # type: ignore[attr-defined]  # what bulk_create calls
        rows, fields=fields, returning_fields=[model._meta.pk], using=connection.alias, raw=True
    )
    return [key for (key,) in inserted]
