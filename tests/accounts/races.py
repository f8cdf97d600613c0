"""Two people at the same moment, for real: ``python -m tests.accounts.races`` prints what happened.

A program and no test, because rows that threads really commit could not be taken back: the audit trail keeps
them. ``DATABASE_URL`` names a database without rows; it is migrated first where it was not.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import django

ROUNDS = 5
PASSWORD = "correct horse battery staple"
Act = Callable[[], object]


def at_once(*acts: Act) -> list[str]:
    """Start all acts together, each on a connection of its own; give how each ended, sorted."""
    from django.db import connection

    gate, ends = threading.Barrier(len(acts)), []

    def run(act: Act) -> None:
        gate.wait()
        try:
            act()
            ends.append("done")
        except Exception as refused:  # what it is, is the result
            ends.append(f"{type(refused).__name__}: {refused}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(ends) == len(acts), "a thread hangs"
    return sorted(ends)


class House:
    """A fresh organisation with two owners."""

    def __init__(self, name: str) -> None:
        from accounts.models import Membership, User
        from lpo.setup import start_organisation

        self.name = name
        self.owners = [User.objects.create_user(f"{name}-{n}@firm.example") for n in (1, 2)]
        self.here = start_organisation(name=name, period="FY 2027", owner=self.owners[0])
        Membership.objects.create(user=self.owners[1], organisation=self.here, role="owner")
        self.guest = f"guest-{name}@firm.example"

    def do(self, act: Callable[..., object], **how: Any) -> Act:
        """Give an act that opens the organisation itself, as a request does."""
        from accounts.tenancy import opened

        def opened_act() -> None:
            with opened(self.here):
                act(**how)

        return opened_act

    def invite(self) -> Any:
        from accounts import services
        from accounts.tenancy import opened

        with opened(self.here):
            return services.invite(actor=self.owners[0], email=self.guest, role="counsel").invitation

    def row(self, owner: int) -> Any:
        from accounts.models import Membership

        return Membership.objects.get(organisation=self.here, user=self.owners[owner])

    def facts(self) -> dict[str, Any]:
        from accounts.models import Invitation, Membership, User
        from accounts.tenancy import opened
        from assessments.models import TaskAssessment, Waiver

        members = Membership.objects.filter(organisation=self.here)
        with opened(self.here):
            waivers = list(Waiver.objects.values_list("state", flat=True))
            outcomes = list(TaskAssessment.objects.values_list("outcome", flat=True))
        return {
            "waivers": waivers,
            "outcomes": outcomes,
            "owners": members.filter(role="owner").count(),
            "guests": members.filter(user__email=self.guest).count(),
            "accounts": User.objects.filter(email=self.guest).count(),
            "open": Invitation.objects.open().filter(organisation=self.here).count(),
        }


def two_newcomers_one_link(house: House) -> list[str]:
    from accounts import services

    made = house.invite()
    return at_once(
        *[
            lambda name=name: services.join(invitation=made, name=name, password=PASSWORD)
            for name in ("A", "B")
        ]
    )


def one_account_twice(house: House) -> list[str]:
    from accounts import services
    from accounts.models import User

    made, user = house.invite(), User.objects.create_user(house.guest)
    return at_once(*[lambda: services.accept(invitation=made, user=user)] * 2)


def two_organisations_one_newcomer(house: House) -> list[str]:
    from accounts import services

    other = House(f"{house.name}-other")
    other.guest = house.guest
    return at_once(
        *[
            lambda made=made: services.join(invitation=made, name="A", password=PASSWORD)
            for made in (house.invite(), other.invite())
        ]
    )


def owners_demote_each_other(house: House) -> list[str]:
    from accounts.services import change_role

    first, second = house.owners
    return at_once(
        house.do(change_role, actor=first, membership=house.row(1), role="manager"),
        house.do(change_role, actor=second, membership=house.row(0), role="manager"),
    )


def owners_leave_together(house: House) -> list[str]:
    from accounts.services import leave

    return at_once(*[house.do(leave, actor=owner) for owner in house.owners])


def two_invitations_for_one(house: House) -> list[str]:
    from accounts.services import invite

    return at_once(
        *[house.do(invite, actor=owner, email=house.guest, role="counsel") for owner in house.owners]
    )


def joined_while_revoked(house: House) -> list[str]:
    from accounts import services

    made = house.invite()
    return at_once(
        lambda: services.join(invitation=made, name="A", password=PASSWORD),
        house.do(services.revoke, actor=house.owners[0], invitation=made),
    )


def joined_while_renewed(house: House) -> list[str]:
    from accounts import services

    made = house.invite()
    return at_once(
        lambda: services.join(invitation=made, name="A", password=PASSWORD),
        house.do(services.renew, actor=house.owners[0], invitation=made),
    )


def _unprepared(house: House) -> Any:
    """A legal task on which the readiness gate fires."""
    from accounts.tenancy import opened
    from assessments import services
    from assessments.models import Assessment

    with opened(house.here):
        assessment = Assessment.objects.get()
        task = services.add_task(actor=house.owners[0], assessment=assessment, name="NDA review")
        return services.answer_factor(actor=house.owners[0], task=task, factor="RDY", level=1)


def _asked(house: House) -> Any:
    from accounts.tenancy import opened
    from assessments import services

    task = _unprepared(house)
    with opened(house.here):
        return services.ask_waiver(actor=house.owners[0], task=task, gate="G11", reason="A pilot")


def two_ask_for_a_waiver(house: House) -> list[str]:
    from assessments.services import ask_waiver

    task = _unprepared(house)
    return at_once(
        *[house.do(ask_waiver, actor=one, task=task, gate="G11", reason="A pilot") for one in house.owners]
    )


def granted_while_withdrawn(house: House) -> list[str]:
    from assessments.services import decide_waiver, withdraw_waiver

    waiver = _asked(house)
    return at_once(
        house.do(decide_waiver, actor=house.owners[1], waiver=waiver, is_granted=True, reason="Yes"),
        house.do(withdraw_waiver, actor=house.owners[0], waiver=waiver, reason="No need"),
    )


def granted_and_refused(house: House) -> list[str]:
    from accounts.models import Membership, User
    from assessments.services import decide_waiver

    third = User.objects.create_user(f"third-{house.name}@firm.example")
    Membership.objects.create(user=third, organisation=house.here, role="counsel")
    waiver = _asked(house)
    return at_once(
        house.do(decide_waiver, actor=house.owners[1], waiver=waiver, is_granted=True, reason="Yes"),
        house.do(decide_waiver, actor=third, waiver=waiver, is_granted=False, reason="No"),
    )


RACES = (
    two_ask_for_a_waiver,
    granted_while_withdrawn,
    granted_and_refused,
    two_newcomers_one_link,
    one_account_twice,
    two_organisations_one_newcomer,
    owners_demote_each_other,
    owners_leave_together,
    two_invitations_for_one,
    joined_while_revoked,
    joined_while_renewed,
)


def main() -> None:
    """Run every race a few times, each in an organisation of its own."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    found: dict[str, list[Any]] = {}
    for race in RACES:
        for number in range(ROUNDS):
            house = House(f"{race.__name__.replace('_', '-')}-{number}")
            found.setdefault(race.__name__, []).append({"ends": race(house), **house.facts()})
    print(json.dumps(found))


if __name__ == "__main__":
    main()
