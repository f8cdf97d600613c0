"""Hashed assets, collected only when they changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


def collect_if_changed(*, forget_old: bool) -> bool:
    """Collect the assets unless those of this very version are there; say whether anything was done.

    ``forget_old`` empties the folder first; leave it out while processes of the last version still serve.
    """
    if not settings.HASHED_ASSETS:
        return False
    stamp, wanted = Path(settings.STATIC_ROOT) / ".stamp", _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=forget_old)
    stamp.write_text(wanted, encoding="ascii")
    return True


def _fingerprint() -> str:
    """Hash our own assets and the pinned packages that bring the others."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted((settings.BASE_DIR / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()
