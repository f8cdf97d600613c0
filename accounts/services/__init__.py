"""Changing who belongs to an organisation, and how: one verb each, checked, and on the audit trail."""

from accounts.services.invitations import accept, invite, join, renew, revoke
from accounts.services.members import change_role, leave, remove_member
from accounts.services.organisation import change_organisation

__all__ = [
    "accept",
    "change_organisation",
    "change_role",
    "invite",
    "join",
    "leave",
    "remove_member",
    "renew",
    "revoke",
]
