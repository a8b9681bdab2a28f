"""What every operation that wants to know who asks may refuse with, whatever it does."""

from __future__ import annotations

from atelier.accounts.authentication import (
    NetworkNotAllowed,
    NotAuthenticated,
    SecondFactorRequired,
    WorkspaceSuspended,
)
from atelier.accounts.platform.authentication import NotAMember
from atelier.accounts.platform.tokens import InvalidToken, TokenExpired, TokenKeysUnavailable
from atelier.accounts.throttling import RateLimited
from atelier.core.db.deadlines import AuthenticationTooSlow
from atelier.core.http.documentation import ANYWHERE, Problems
from atelier.core.http.problems import Forbidden

COMMON: Problems = (
    *ANYWHERE,
    NotAuthenticated,
    AuthenticationTooSlow,
    WorkspaceSuspended,
    NetworkNotAllowed,
    SecondFactorRequired,
    Forbidden,
    RateLimited,
    InvalidToken,
    TokenExpired,
    NotAMember,
    TokenKeysUnavailable,
)
