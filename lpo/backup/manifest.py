"""The list of what is in a backup: read before anything of it is believed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from engine import ENGINE_VERSION
from lpo.backup.faults import BackupFault

FORMAT = "lpo.backup/1"
NAME = "manifest.json"
FILES = "files"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_PART = re.compile(r"[^/\\\x00]+")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Part:
    """One file of a backup; ``name`` is its path below the folder."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself. ``migrations`` are "app.name"."""

    made_at: str
    database: str
    server: str
    migrations: tuple[str, ...]
    parts: tuple[Part, ...]
    missing: tuple[str, ...]

    @property
    def files(self) -> tuple[Part, ...]:
        """The report files."""
        return tuple(part for part in self.parts if part.name.startswith(f"{FILES}/"))


def write(folder: Path, manifest: Manifest) -> None:
    """Write the list into the folder."""
    document = {"format": FORMAT, "engine_version": ENGINE_VERSION, **asdict(manifest)}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (folder / NAME).write_text(text, encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Read the list and check every part against it. Raises ``BackupFault``."""
    try:
        document = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise BackupFault(
                f"{folder} is of the format {document['format']!r}; this version reads {FORMAT!r}."
            )
        parts = tuple(Part(str(p["name"]), int(p["bytes"]), str(p["sha256"])) for p in document["parts"])
        manifest = Manifest(
            made_at=str(document["made_at"]),
            database=str(document["database"]),
            server=str(document["server"]),
            migrations=tuple(map(str, document["migrations"])),
            parts=parts,
            missing=tuple(map(str, document["missing"])),
        )
    except FileNotFoundError as fault:
        raise BackupFault(f"{folder} has no {NAME}: it is not a backup, or an unfinished one.") from fault
    except (OSError, ValueError, KeyError, TypeError) as fault:
        if isinstance(fault, BackupFault):
            raise
        raise BackupFault(f"{folder / NAME} cannot be read: {fault}.") from fault
    for part in parts:
        _check(folder, part)
    return manifest


def _check(folder: Path, part: Part) -> None:
    pieces = part.name.split("/")
    if not all(_PART.fullmatch(piece) and piece not in {".", ".."} for piece in pieces):
        raise BackupFault(f"The backup names a file outside its folder: {part.name[:80]!r}.")
    path = folder / part.name
    if not path.is_file() or path.is_symlink():
        raise BackupFault(f"The backup lacks {part.name}.")
    if part_of(folder, part.name) != part:
        raise BackupFault(f"{part.name} has another hash than the backup says: it was changed or is damaged.")


def part_of(folder: Path, name: str) -> Part:
    """Hash one file of a backup."""
    digest, size = hashlib.sha256(), 0
    with (folder / name).open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Part(name, size, digest.hexdigest())


def applied_migrations() -> tuple[str, ...]:
    """The migrations that the database has."""
    applied: Iterable[Any] = MigrationRecorder(connection).applied_migrations()
    return tuple(sorted(f"{app}.{name}" for app, name in applied))
