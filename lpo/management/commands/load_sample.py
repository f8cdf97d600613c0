"""Load the fictional sample company and its twin."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lpo.sample import load_sample


class Command(BaseCommand):
    """Loads once; says so when the sample is already there."""

    help = "Load the sample organisations (accounts with a published password: loopback only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the sample unless it exists."""
        loaded = load_sample()
        self.stdout.write("Loaded the sample organisations." if loaded else "The sample is already loaded.")
