"""Serves Plotly's script and stylesheet as static files, straight from the installed wheel."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage

from charting.plotly_assets import SCRIPT_NAME, STYLE_NAME, PlotlyAssetError, cached_stylesheet, script_path


class PlotlyFinder(BaseFinder):
    """Finds ``vendor/plotly.min.js`` and ``vendor/plotly.css`` and nothing else.

    The second is derived once and kept in ``settings.VENDOR_CACHE``.
    """

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Say at start when Plotly is not installed."""
        try:
            script_path()
        except PlotlyAssetError as fault:
            return [Error(str(fault), hint="Install requirements.txt.", id="charting.E001")]
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file for a static path; a list when ``find_all``."""
        place = _place(path)
        if place is None:
            return []
        return [str(place)] if find_all else str(place)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Both files, each in a storage that maps the name used on pages to the file on disk."""
        for name in (SCRIPT_NAME, STYLE_NAME):
            place = _place(name)
            if place is None:
                continue
            storage = FileSystemStorage(location=place.parent)
            storage.prefix = str(Path(name).parent)  # type: ignore[attr-defined]  # collectstatic reads it
            yield place.name, storage


def _place(name: str) -> Path | None:
    if name == SCRIPT_NAME:
        return script_path()
    if name == STYLE_NAME:
        return cached_stylesheet(Path(settings.VENDOR_CACHE))
    return None
