"""The sessions of a person: which are open, and ending them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User


@dataclass(frozen=True)
class OpenSession:
    """One browser that is signed in."""

    pk: int
    browser: str
    address: str
    started_at: dt.datetime
    ends_at: dt.datetime
    is_this: bool


def open_sessions(*, user: User, this_key: str | None) -> tuple[OpenSession, ...]:
    """List the sessions of ``user`` that still work, this one first, then the newest."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    live = Session.objects.filter(session_key__in=list(rows), expire_date__gt=timezone.now())
    found = [
        OpenSession(
            pk=rows[session.session_key].pk,
            browser=browser_in_words(rows[session.session_key].user_agent),
            address=rows[session.session_key].ip,
            started_at=rows[session.session_key].created_at,
            ends_at=session.expire_date,
            is_this=session.session_key == this_key,
        )
        for session in live
        if _still_counts(session, user)
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_this, -one.started_at.timestamp())))


def _still_counts(session: Session, user: User) -> bool:
    """A session from before a change of the password is refused by Django at its next request."""
    kept = str(session.get_decoded().get(HASH_SESSION_KEY, ""))
    known = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(kept, one) for one in known)


def end_session(*, user: User, pk: int) -> bool:
    """End one session of ``user`` at once; False when it is not theirs or already gone."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is None:
        return False
    row.end()
    return True


def end_sessions(*, user: User, but: str | None = None) -> int:
    """End all sessions of ``user`` at once, except the one with the key ``but``; give how many."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def browser_in_words(user_agent: str) -> str:
    """Name the browser and its system: "Firefox on Windows"."""
    from ua_parser import parse  # compiles its patterns at the first use

    known = parse(user_agent)
    browser = known.user_agent.family if known.user_agent else "Unknown browser"
    system = known.os.family if known.os else ""
    return f"{browser} on {system}" if system and system != "Other" else browser
