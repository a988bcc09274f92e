"""The note to a unit about its own files: printed by ``cchc status --letter``, sent by ``cchc watch``."""

from cchc.notes.held import held_rows
from cchc.notes.letter import Asked, letter

__all__ = ["Asked", "held_rows", "letter"]
