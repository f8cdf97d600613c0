"""A case in plain words, from decisions and results alone: pages and board reports say the same."""

from selections.words.sentences import (
    End,
    Sentence,
    Statement,
    Strong,
    flip_sentence,
    holds_words,
    lead_words,
    nearest_ends,
    smallest_score_change,
    statement,
    threshold,
    weight_ends,
)

__all__ = [
    "End",
    "Sentence",
    "Statement",
    "Strong",
    "flip_sentence",
    "holds_words",
    "lead_words",
    "nearest_ends",
    "smallest_score_change",
    "statement",
    "threshold",
    "weight_ends",
]
