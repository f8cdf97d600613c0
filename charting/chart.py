"""What a template needs to show one chart."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from charting.figure import to_plotly
from charting.spec import ChartSpec
from charting.svg import to_svg


@dataclass(frozen=True)
class Chart:
    """``{% include "charting/_chart.html" with chart=chart %}``; ``id`` must be unique on the page."""

    id: str
    spec: ChartSpec

    @cached_property
    def svg(self) -> SafeString:
        """The drawing for readers without scripts, and until Plotly has drawn."""
        return mark_safe(to_svg(self.spec, theme="page", uid=self.id))  # noqa: S308 - escaped by to_svg

    @cached_property
    def figure(self) -> dict[str, Any]:
        """The Plotly figure, for ``data_script``."""
        return to_plotly(self.spec)

    @property
    def data_id(self) -> str:
        """Element id of the JSON block."""
        return f"{self.id}-data"
