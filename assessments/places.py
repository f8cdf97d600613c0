"""Places that license lawyers: US states, the District of Columbia, federal admission; others as typed."""

from __future__ import annotations

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
    "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
    "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
DISTRICT = "District of Columbia"
FEDERAL = "Federal courts and agencies"
PLACES = (*STATES.values(), DISTRICT, FEDERAL)

_OTHERWISE = {
    **{code.casefold(): name for code, name in STATES.items()},
    "dc": DISTRICT,
    "washington dc": DISTRICT,
    "washington, dc": DISTRICT,
    "federal": FEDERAL,
    "uspto": FEDERAL,
}
_BY_NAME = {name.casefold(): name for name in PLACES}


def place_name(text: str) -> str:
    """Give a place by its name on the list, also for "NY" and "d.c."; what is not on it stays as typed."""
    typed = " ".join(text.split())
    plain = typed.casefold().removeprefix("state of ").removesuffix(" state")
    return _BY_NAME.get(plain) or _OTHERWISE.get(plain.replace(".", "")) or typed
