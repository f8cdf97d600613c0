"""XML text without a library: escaped, with numbers at two decimals, and nothing else."""

from charting.spec import plain_text

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escape(text: str) -> str:
    """Text that is safe as XML content and inside a quoted attribute."""
    return plain_text(text).translate(_ESCAPES)


def number(value: float) -> str:
    """A coordinate: at most two decimals, no exponent, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def tag(name: str, attributes: dict[str, str | float], *children: str) -> str:
    """One element; ``children`` are markup already, attribute values are escaped here."""
    written = "".join(
        f' {key}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def merged(*parts: dict[str, str]) -> dict[str, str | float]:
    """Attributes of all parts; classes are joined, later values win otherwise."""
    result: dict[str, str | float] = {}
    for part in parts:
        for key, value in part.items():
            result[key] = f"{result[key]} {value}" if key == "class" and key in result else value
    return result
