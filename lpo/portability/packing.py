"""A file from outside, read with suspicion: nothing is unpacked to a path that it names.

Only the parts that this version knows are read, each at most as long as the manifest says, and only after
every hash was found to be right.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import records
from engine import InvalidInput
from lpo.portability.faults import PortabilityFault
from lpo.portability.shape import FORMAT, Kind, shapes

MANIFEST = "manifest.json"
MANIFEST_LIMIT = 64 << 20
LINE_LIMIT = 64 << 20
FILE_LIMIT = 256 << 20
ROWS_LIMIT = 8 << 30
TOTAL_LIMIT = 32 << 30
MOST_SQUEEZED = 250  # rows shrink to a fortieth; what shrinks further was made to burst
_SMALL = 1 << 20
_BLOCK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Member:
    """A part of the file as the manifest promises it."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Bundle:
    """An opened file whose parts were all found to be what its manifest says."""

    zipped: zipfile.ZipFile
    manifest: dict[str, Any]
    members: dict[str, Member]

    def document(self, name: str) -> Any:
        """One JSON document."""
        return next(self.rows(name), None)

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a part, one at a time."""
        with self.zipped.open(name) as part:
            number = 0
            while text := part.readline(LINE_LIMIT + 1):
                number += 1
                yield _row(text, f"{name}, line {number}")

    def open(self, name: str) -> IO[bytes]:
        """A report file, for reading."""
        if name not in self.members:
            raise PortabilityFault(f"The file {name[:80]!r} is named in a row but not there.")
        return self.zipped.open(name)


@contextmanager
def opened_bundle(path: Path) -> Iterator[Bundle]:
    """Open a file and check it as a whole; raises ``PortabilityFault``."""
    try:
        # Opened here, so that it is closed though a part is still being read when something is refused.
        with path.open("rb") as raw, zipfile.ZipFile(raw) as zipped:
            infos = _infos(zipped)
            manifest = _manifest(zipped, infos)
            members = _members(manifest, infos)
            for member in members.values():
                _check_hash(zipped, member)
            yield Bundle(zipped, manifest, members)
    except FileNotFoundError as fault:
        raise PortabilityFault(f"There is no file {path}.") from fault
    except _BROKEN as fault:
        if isinstance(fault, RuntimeError) and "password" not in str(fault) and "encrypted" not in str(fault):
            raise
        raise PortabilityFault(f"{path.name} is not a readable zip file: {fault}.") from fault


def _row(text: bytes, where: str) -> dict[str, Any]:
    if len(text) > LINE_LIMIT:
        raise PortabilityFault(f"{where} is longer than {LINE_LIMIT >> 20} MB.")
    try:
        row = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError) as fault:
        raise PortabilityFault(f"{where} is not JSON: {fault}.") from fault
    if not isinstance(row, dict):
        raise PortabilityFault(f"{where} is not an object.")
    return row


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is not allowed")


def _infos(zipped: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos: dict[str, zipfile.ZipInfo] = {}
    total = 0
    known = _known_names()
    for info in zipped.infolist():
        shown = f"{info.filename[:80]!r}"
        if info.filename in infos:
            raise PortabilityFault(f"{shown} stands in the file twice.")
        if not known.fullmatch(info.filename):
            raise PortabilityFault(f"{shown} is not a part of an organisation that this version knows.")
        if info.flag_bits & 1:
            raise PortabilityFault(f"{shown} is encrypted: decrypt the file first.")
        if info.file_size > _limit(info.filename):
            raise PortabilityFault(f"{shown} is larger than {_limit(info.filename) >> 20} MB.")
        if info.file_size > _SMALL and info.file_size > MOST_SQUEEZED * info.compress_size:
            raise PortabilityFault(f"{shown} would unpack to more than {MOST_SQUEEZED} times its size.")
        total += info.file_size
        infos[info.filename] = info
    if total > TOTAL_LIMIT:
        raise PortabilityFault(f"The file would unpack to more than {TOTAL_LIMIT >> 30} GB.")
    return infos


def _known_names() -> re.Pattern[str]:
    names = [MANIFEST, "organisation.json", "people.jsonl", *(shape.member for shape in shapes())]
    folders = [
        f"files/{shape.label}.{column.name}" for shape in shapes() for column in shape.of_kind(Kind.FILE)
    ]
    fixed = "|".join(re.escape(name) for name in names)
    return re.compile(
        rf"{fixed}|({'|'.join(map(re.escape, folders))})/[1-9][0-9]{{0,17}}(\.[a-z0-9]{{1,5}})?"
    )


def _limit(name: str) -> int:
    if name == MANIFEST:
        return MANIFEST_LIMIT
    return FILE_LIMIT if name.startswith("files/") else ROWS_LIMIT


def _manifest(zipped: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> dict[str, Any]:
    if MANIFEST not in infos:
        raise PortabilityFault("The file has no manifest.json: it is not an exported organisation.")
    try:
        manifest = records.read_json(zipped.read(MANIFEST), limit=MANIFEST_LIMIT)
    except InvalidInput as fault:
        raise PortabilityFault(f"manifest.json cannot be read: {fault}") from fault
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT:
        raise PortabilityFault(
            f"The file is of the format {str(found)[:60]!r}; this version reads {FORMAT!r}. "
            "Import it with the version of LPO Advisor that wrote it, and export it again after an upgrade."
        )
    return dict(manifest)


def _members(manifest: dict[str, Any], infos: dict[str, zipfile.ZipInfo]) -> dict[str, Member]:
    try:
        listed = [Member(str(m["name"]), int(m["bytes"]), str(m["sha256"])) for m in manifest["members"]]
        counts = {str(label): int(count) for label, count in manifest["counts"].items()}
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as fault:
        raise PortabilityFault("manifest.json does not list its parts and counts.") from fault
    members = {member.name: member for member in listed}
    if len(members) != len(listed) or set(members) != set(infos) - {MANIFEST}:
        odd = sorted(set(members) ^ (set(infos) - {MANIFEST}))
        raise PortabilityFault(
            f"The manifest and the parts of the file differ: {', '.join(odd[:3]) or 'twice'}."
        )
    needed = {"organisation.json", "people.jsonl", *(f"rows/{label}.jsonl" for label in counts)}
    missing = sorted(needed - set(members))
    if missing:
        raise PortabilityFault(f"The file lacks {missing[0]}.")
    for member in listed:
        if infos[member.name].file_size != member.size:
            raise PortabilityFault(
                f"{member.name} is not as long as the manifest says: the file was changed."
            )
    return members


def _check_hash(zipped: zipfile.ZipFile, member: Member) -> None:
    digest = hashlib.sha256()
    with zipped.open(member.name) as part:
        while block := part.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != member.sha256:
        raise PortabilityFault(
            f"{member.name} has another SHA-256 than the manifest says: the file was changed."
        )
