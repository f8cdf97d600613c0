"""One organisation as a file: written whole, read whole, equal on both sides.

``shape`` knows what a row looks like, ``writing`` makes the file, ``packing`` reads it with suspicion,
``restoring`` puts it into a database.
"""

from lpo.portability.faults import PortabilityFault
from lpo.portability.restoring import Imported, import_organisation
from lpo.portability.shape import FORMAT, NOT_EXPORTED, shapes
from lpo.portability.writing import Exported, export_organisation

__all__ = [
    "FORMAT",
    "NOT_EXPORTED",
    "Exported",
    "Imported",
    "PortabilityFault",
    "export_organisation",
    "import_organisation",
    "shapes",
]
