"""What files of earlier versions hold in places that are gone: read still, and put where it stands now."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.models_needs import Limit, Objective
from lpo.portability.documents import storable
from lpo.portability.faults import PortabilityFault

# Lists of sentences in the assessment became rows: field → model, one row a sentence.
_SENTENCES: dict[str, dict[str, type[Objective | Limit]]] = {
    "assessments.assessment": {"goals": Objective, "constraints": Limit}
}


@dataclass
class Older:
    """Takes what moved out of the rows of a file, and makes rows of it once the others stand."""

    _taken: list[tuple[str, int, str, list[str]]] = field(default_factory=list)

    def take(self, label: str, number: int, row: dict[str, Any], where: str) -> None:
        """Take the fields that moved out of row ``number`` of a kind."""
        for name in _SENTENCES.get(label, {}):
            sentences = row.pop(name, [])
            if not isinstance(sentences, list):
                raise PortabilityFault(f"{where}: {name} is not a list of sentences.")
            try:
                self._taken.append((label, number, name, [storable(one) for one in sentences]))
            except PortabilityFault as fault:
                raise PortabilityFault(f"{where}: {fault}.") from fault

    def make_rows(self, keys: Mapping[str, array[int]]) -> None:
        """Make the rows in the open organisation; ``keys``: those of the rows here, by number in the file."""
        for label, number, name, sentences in self._taken:
            for place, sentence in enumerate(sentences, start=1):
                _SENTENCES[label][name].objects.create(
                    assessment_id=keys[label][number - 1], position=place, sentence=sentence
                )
