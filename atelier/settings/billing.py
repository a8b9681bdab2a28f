"""The ledger's limits, and where its evidence is kept."""

from atelier.settings import env

ATELIER_LOW_CREDITS = int(env.number("ATELIER_LOW_CREDITS", 10))
ATELIER_HOLD_SECONDS = env.number("ATELIER_HOLD_SECONDS", 86_400)
"""A hold that nobody ended for so long is released. Far above the longest deadline of a generation (600 s)."""
ATELIER_ADJUST_ALONE = int(env.number("ATELIER_ADJUST_ALONE", 1000))
"""An operator's adjustment above so many credits needs a second person."""
ATELIER_LEDGER_HEADS = env.text("ATELIER_LEDGER_HEADS", "")
"""An append-only file (absolute path) for the heads of the chains; empty: the storage of the pictures."""
