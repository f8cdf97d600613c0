"""Who may do what: one table, read by every page."""

from enum import StrEnum


class Role(StrEnum):
    """What a member is in an organisation."""

    OWNER = "owner"
    COUNSEL = "counsel"
    PROCUREMENT = "procurement"
    MANAGER = "manager"


ROLE_NAMES = {
    Role.OWNER: "Owner",
    Role.COUNSEL: "Counsel",
    Role.PROCUREMENT: "Procurement",
    Role.MANAGER: "Manager",
}

# Beside the choice of a role, so that nobody gives more than they mean to.
ROLE_DUTIES = {
    Role.OWNER: "may do everything, and decides who belongs here.",
    Role.COUNSEL: "assesses legal tasks, approves assessments, reads and writes counsel notes.",
    Role.PROCUREMENT: "edits providers, bids and weights, keeps rankings.",
    Role.MANAGER: "sees everything but counsel notes, asks for board reports.",
}

EVERYONE = frozenset(Role)
COUNSEL = frozenset({Role.OWNER, Role.COUNSEL})
BUYERS = frozenset({Role.OWNER, Role.PROCUREMENT})

CAN: dict[str, frozenset[Role]] = {
    "see": EVERYONE,  # tasks, providers, rankings, what-if, prices
    "request_report": EVERYONE,  # ask for and download board reports
    "leave": EVERYONE,  # end one's own membership
    "edit_tasks": COUNSEL,  # tasks, factors, flags, gate closures
    "assess": COUNSEL,  # give an own assessment of a factor, see those of others, settle which counts
    "waive_gates": COUNSEL,  # ask for a waiver of a gate, decide on another person's, withdraw one
    "edit_duties": COUNSEL,  # mark ethics duties, record jurisdictions, take over newer duties
    "adopt_rules": COUNSEL,  # record which lawyer adopts the rule set, or that it no longer stands
    "review_assessments": COUNSEL,  # submit, send back, approve, copy an assessment; set and lift legal holds
    "see_factors": COUNSEL,  # factor sets in full: versions, who adopted them, the draft
    "adopt_factors": COUNSEL,  # adopt a draft that somebody else proposed, or send it back
    "edit_factors": frozenset({Role.OWNER}),  # write the next factor set and propose it
    "counsel_notes": COUNSEL,  # read and write counsel notes
    "privilege_line": COUNSEL,  # put the privilege line on board reports
    "edit_providers": BUYERS,  # profiles, metrics, bids
    "keep_ranking": BUYERS,  # store a ranking record, adopt weights
    "retain_assessments": frozenset({Role.OWNER}),  # retention periods; deletion after them
    "manage": frozenset({Role.OWNER}),  # members, settings, criteria sets
}


def may(role: str, action: str) -> bool:
    """Say whether a role may do an action; an unknown action is a programming error (KeyError)."""
    return role in CAN[action]
