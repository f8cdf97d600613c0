"""Writing one organisation into a file, row by row, from one moment of the database."""

from __future__ import annotations

import bisect
import hashlib
import json
import os
import re
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.tenancy import OwnedModel, current, opened
from engine import ENGINE_VERSION
from lpo.portability.faults import PortabilityFault
from lpo.portability.shape import FORMAT, NOT_EXPORTED, Column, Kind, Shape, organisation_columns, shapes
from lpo.portability.values import written

CHUNK = 2_000
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Exported:
    """What was written: rows by model, number of files, and the files that were missing on the disk."""

    counts: dict[str, int]
    files: int
    missing: tuple[str, ...]


def export_organisation(
    organisation: Organisation, target: Path, *, may_miss_files: bool = False
) -> Exported:
    """Write an organisation to ``target``; the file appears there only when it is whole.

    Raises ``PortabilityFault`` when a report file is missing (unless ``may_miss_files``) or the target cannot
    be written.
    """
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        # Report files are written before their rows and never changed: those of this moment are all there.
        with one_moment(), opened(organisation), zipfile.ZipFile(unfinished, "w") as zipped:
            exported = _Writer(organisation, zipped, may_miss_files=may_miss_files).write()
        unfinished.chmod(0o600)
        os.replace(unfinished, target)  # noqa: PTH105  (Path.replace is the same; this name says what it is)
    except OSError as fault:
        raise PortabilityFault(f"{target} cannot be written: {fault.strerror or fault}.") from fault
    finally:
        unfinished.unlink(missing_ok=True)
    return exported


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it was at one moment, while others go on writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # A plain BEGIN reads; Django's own would take the lock that writers need.
        connection.cursor().execute("BEGIN")
        try:
            yield
        finally:
            connection.cursor().execute("ROLLBACK")
    else:
        with transaction.atomic():
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def line(row: Any) -> bytes:
    """One document as one line, always the same bytes for the same values."""
    try:
        text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8") + b"\n"
    except (ValueError, RecursionError) as fault:
        raise PortabilityFault(f"A row holds what no file can hold: {fault!r:.200}.") from fault


@dataclass
class _Writer:
    organisation: Organisation
    zipped: zipfile.ZipFile
    may_miss_files: bool
    keys: dict[str, array[int]] = field(default_factory=dict)  # database ids by label, rising
    emails: dict[int, str] = field(default_factory=dict)
    gone: dict[tuple[str, str], int] = field(default_factory=dict)
    files: list[tuple[str, str]] = field(default_factory=list)  # member, name in the storage
    members: list[dict[str, Any]] = field(default_factory=list)

    def write(self) -> Exported:
        own = {column.name: written(column.kind, getattr(self.organisation, column.attname))
               for column in organisation_columns()}  # fmt: skip
        self._member("organisation.json", [line(own)])
        self._member("people.jsonl", map(line, self._people()))
        for shape in shapes():
            self._member(shape.member, self._rows(shape))
        missing = [member for member, name in self.files if not self._file(member, name)]
        counts = {shape.label: len(self.keys[shape.label]) for shape in shapes()}
        self._manifest(counts, missing)
        return Exported(counts, len(self.files) - len(missing), tuple(missing))

    def _member(self, name: str, parts: Iterable[bytes]) -> None:
        """Write one part: same bytes, same place, same date, whenever and wherever it is written."""
        info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr = 3, 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self.zipped.open(info, "w", force_zip64=True) as out:
            for part in parts:
                out.write(part)
                digest.update(part)
                size += len(part)
        self.members.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})

    def _people(self) -> list[dict[str, Any]]:
        """Everybody whom a row names, members or not; no password, second factor or session."""
        named: set[int] = set()
        for shape in shapes():
            for column in shape.of_kind(Kind.PERSON):
                named |= set(_rows_of(shape).order_by().values_list(column.attname, flat=True).distinct())
        accounts = AuditEvent.objects.filter(object_type=User._meta.label_lower).order_by()
        named |= {
            int(key) for key in accounts.values_list("object_id", flat=True).distinct() if key.isdecimal()
        }
        # Sorted here: databases do not agree on which of two e-mails comes first.
        users = sorted(User.objects.filter(pk__in=named - {None}), key=lambda user: user.email)
        self.emails = {user.pk: user.email for user in users}
        return [{"email": user.email, "name": user.name, "is_active": user.is_active} for user in users]

    def _rows(self, shape: Shape) -> Iterator[bytes]:
        keys = self.keys.setdefault(shape.label, array("q"))
        names = [column.attname for column in shape.columns]
        writers = [self._writer(shape, column) for column in shape.columns]
        rows = _rows_of(shape).order_by("pk").values_list("pk", *names)
        for key, *values in rows.iterator(chunk_size=CHUNK):
            keys.append(key)
            row: dict[str, Any] = {"id": len(keys)}
            given = dict(zip(names, values, strict=True))
            for column, writer in zip(shape.columns, writers, strict=True):
                row[column.name] = writer(given[column.attname], given)
            yield line(row)

    def _writer(self, shape: Shape, column: Column) -> Callable[[Any, dict[str, Any]], Any]:
        if column.kind is Kind.PERSON:
            return lambda key, row: self.emails[key] if key else None
        if column.kind is Kind.ROW:
            return lambda key, row: self._number(shape, column, key)
        if column.kind is Kind.OBJECT:
            return lambda key, row: self._object(row["object_type"], key)
        if column.kind is Kind.FILE:
            return lambda name, row: self._file_of(shape, column, name)
        return lambda value, row: written(column.kind, value)

    def _number(self, shape: Shape, column: Column, key: int | None) -> int | None:
        if key is None:
            return None
        number = self._found(column.target, key)
        if number is None:
            raise PortabilityFault(
                f"A row of {shape.label} points to a row of {column.target} that is not there."
            )
        return number

    def _found(self, label: str, key: int) -> int | None:
        keys = self.keys.get(label, array("q"))
        place = bisect.bisect_left(keys, key)
        return place + 1 if place < len(keys) and keys[place] == key else None

    def _object(self, kind: str, key: str) -> dict[str, Any]:
        """What an event is about: a row, a person, the organisation, or something that was removed since."""
        number = int(key) if key.isdecimal() and len(key) < 19 else 0
        if kind == Organisation._meta.label_lower and number == self.organisation.pk:
            return {"organisation": True}
        if kind == User._meta.label_lower and number in self.emails:
            return {"email": self.emails[number]}
        row = self._found(kind, number) if number else None
        if row:
            return {"row": row}
        return {"gone": self.gone.setdefault((kind, key), len(self.gone) + 1)}

    def _file_of(self, shape: Shape, column: Column, name: str) -> str | None:
        if not name:
            return None
        suffix = PurePosixPath(name).suffix.lower()
        known = suffix if _SUFFIX.fullmatch(suffix) else ""
        member = f"files/{shape.label}.{column.name}/{len(self.keys[shape.label])}{known}"
        if default_storage.exists(name):
            self.files.append((member, name))
            return member
        if not self.may_miss_files:
            raise PortabilityFault(
                f"The file {name} is missing on the disk. Restore it from a backup, or export without it: "
                "--allow-missing-files."
            )
        self.files.append((member, name))
        return None

    def _file(self, member: str, name: str) -> bool:
        if not default_storage.exists(name):
            return False
        with default_storage.open(name, "rb") as file:
            self._member(member, iter(lambda: file.read(_BLOCK), b""))
        return True

    def _manifest(self, counts: dict[str, int], missing: list[str]) -> None:
        manifest = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine_version": ENGINE_VERSION,
            "organisation": {"name": self.organisation.name, "slug": self.organisation.slug},
            "counts": counts,
            "missing_files": missing,
            "not_included": sorted(NOT_EXPORTED.values()),
            "members": list(self.members),
        }
        text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1)
        self._member("manifest.json", [text.encode("utf-8")])


def _rows_of(shape: Shape) -> models.QuerySet[Any]:
    """The rows of the open organisation."""
    if issubclass(shape.model, OwnedModel):
        rows: models.QuerySet[Any] = shape.model.objects.all()
        return rows
    return Membership.objects.filter(organisation=current())
