"""Every page of the application with real ids, read from the address map and the wall table.

Run as ``python -m tests.browser.addresses`` in the environment of a server: prints the addresses in its
database as JSON, ``{"sample": {name: path}, "twin": …, "empty": …, "open": …}``. A page that is
added to the map is looked at without anybody listing it here; an open address that takes arguments needs a
line in ``OPEN_IDS``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.browser.server import ROOT, Running

Addresses = dict[str, dict[str, str]]


def _invitation() -> dict[str, Any]:
    from accounts.models import Organisation
    from accounts.services import invite
    from accounts.tenancy import opened

    with opened(Organisation.objects.get(slug="empty")):
        made = invite(actor=None, email="looker@empty.example", role="manager", is_replacing=True)
    return {"token": made.token}


def _password_link() -> dict[str, Any]:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    from accounts.models import User

    user = User.objects.get(email="factor@empty.example")
    return {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}


# Open addresses with arguments: their name → how to find the arguments in the server's database.
OPEN_IDS: dict[str, Callable[[], dict[str, Any]]] = {
    "join_link": _invitation,
    "account_reset_password_from_key": _password_link,
    "usersessions_end": lambda: {"pk": 1},
}


def read_addresses(server: Running) -> Addresses:
    """Ask the database of a running server for the address of every page."""
    command = [sys.executable, "-m", "tests.browser.addresses"]
    answer = subprocess.run(command, cwd=ROOT, env=server.env, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(answer.stdout))


def _walled(slug: str) -> dict[str, str]:
    from django.core.exceptions import ObjectDoesNotExist
    from django.urls import reverse

    from accounts.tenancy import opened
    from reports.services import NoSuitabilityReportError
    from tests.conftest import _case
    from tests.lpo.wall_table import ROWS

    case, found = _case(slug), {}
    with opened(case.organisation):
        for name, row in ROWS.items():
            if row.get is None:
                continue  # nothing to look at, and what its ids need would be made here
            try:
                ids = row.ids(case)
            except (ObjectDoesNotExist, AttributeError, IndexError, NoSuitabilityReportError):
                continue  # an organisation that has just started has no such object
            found[name] = reverse(name, kwargs={"organisation": slug, **ids})
    return found


def _open() -> dict[str, str]:
    from django.urls import reverse

    from tests.lpo.test_wall import OPEN

    return {name: reverse(name, kwargs=OPEN_IDS.get(name, dict)()) for name in sorted(OPEN)}


def main() -> None:
    """Print the addresses."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lpo.settings")
    django.setup()
    slugs = {"sample": "calder-ridge", "twin": "northlake", "empty": "empty"}
    json.dump({side: _walled(slug) for side, slug in slugs.items()} | {"open": _open()}, sys.stdout)


if __name__ == "__main__":
    main()
