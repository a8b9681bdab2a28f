"""What every operation that wants to know who asks may refuse with, whatever it does."""

from __future__ import annotations

from atelier.accounts.authentication import NetworkNotAllowed, NotAuthenticated, WorkspaceSuspended
from atelier.accounts.platform import NotAMember
from atelier.accounts.tokens import InvalidToken, TokenExpired, TokenKeysUnavailable
from atelier.core.deadlines import AuthenticationTooSlow
from atelier.core.documentation import ANYWHERE, Problems
from atelier.core.problems import Forbidden

COMMON: Problems = (
    *ANYWHERE, NotAuthenticated, AuthenticationTooSlow, WorkspaceSuspended, NetworkNotAllowed, Forbidden, InvalidToken,
    TokenExpired, NotAMember, TokenKeysUnavailable,
)  # fmt: skip
