"""Each operation as the OpenAPI document tells it: parameters, answers, and every code it may refuse with."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from atelier.access.api import bodies
from atelier.access.invitations import AlreadyMember, InvitationNotFound, TooManyInvitations
from atelier.access.keys import BeyondMaker, KeyEnded, KeyNotFound, TooManyKeys
from atelier.access.members import LastOwner, MemberNotFound
from atelier.accounts.refusals import COMMON
from atelier.core.errors import InvalidRequest
from atelier.core.http.bodies import Nothing
from atelier.core.http.documentation import WITH_BODY, Ok, Problems, operation
from atelier.core.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from atelier.core.http.parameters import page_parameters
from atelier.core.http.problems import InvalidParameter

ACCESS = "Access"
BODY: Problems = (*COMMON, *WITH_BODY, InvalidRequest)

KEY_ID = OpenApiParameter(
    "key_id",
    {"type": "string", "example": "key_abcdefghijklmnopqrst"},
    OpenApiParameter.PATH,
    description="As returned in `id`.",
)
MEMBER_ID = OpenApiParameter(
    "member_id",
    {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"},
    OpenApiParameter.PATH,
    description="As returned in `id`.",
)

INVITATION_ID = OpenApiParameter(
    "invitation_id",
    {"type": "string", "example": "inv_abcdefghijklmnopqrst"},
    OpenApiParameter.PATH,
    description="As returned in `id`.",
)

list_keys = operation(
    "listApiKeys",
    "List API keys",
    "Newest first, those that have ended too.",
    tag=ACCESS,
    parameters=page_parameters(DEFAULT_LIMIT, MAX_LIMIT),
    ok=[Ok(200, bodies.ApiKeys, "A page.")],
    errors=(*COMMON, InvalidParameter),
)
issue_key = operation(
    "createApiKey",
    "Create an API key",
    "`key` is shown once. Scopes are permissions, `*` is all of them; nobody gives away a permission he or she lacks, "
    "and a key makes none that is valid elsewhere or for longer than itself.",
    tag=ACCESS,
    body=bodies.ApiKeyRequest,
    ok=[Ok(201, bodies.ApiKeyWithText, "The key.", ("Location",))],
    errors=(*BODY, BeyondMaker, TooManyKeys),
)
read_key = operation(
    "getApiKey",
    "Read an API key",
    "Never the key itself.",
    tag=ACCESS,
    parameters=[KEY_ID],
    ok=[Ok(200, bodies.ApiKey, "The key.")],
    errors=(*COMMON, KeyNotFound),
)
end_key = operation(
    "revokeApiKey",
    "Revoke an API key",
    "Refused everywhere from the next request on.",
    tag=ACCESS,
    parameters=[KEY_ID],
    ok=[Ok(204, None, "It is revoked.")],
    errors=(*COMMON, KeyNotFound),
)
rotate_key = operation(
    "rotateApiKey",
    "Rotate an API key",
    "A successor with the same name, scopes and networks, shown once. The old key goes on for 24 hours.",
    tag=ACCESS,
    body=Nothing,
    parameters=[KEY_ID],
    ok=[Ok(201, bodies.ApiKeyWithText, "The successor.", ("Location",))],
    errors=(*BODY, BeyondMaker, KeyNotFound, KeyEnded),
)
list_members = operation(
    "listMembers",
    "List members",
    "Oldest first.",
    tag=ACCESS,
    parameters=page_parameters(DEFAULT_LIMIT, MAX_LIMIT),
    ok=[Ok(200, bodies.Members, "A page.")],
    errors=(*COMMON, InvalidParameter),
)
invite = operation(
    "inviteMember",
    "Invite a person",
    "By user name, the same answer for every name: whether somebody has it is not told. The person accepts it in a "
    "session of his or her own within 7 days. Once more renews it. Only an owner invites owners.",
    tag=ACCESS,
    body=bodies.InvitationRequest,
    ok=[Ok(202, bodies.Invitation, "The invitation waits for its answer.")],
    errors=(*BODY, TooManyInvitations),
)
list_invitations = operation(
    "listInvitations",
    "List pending invitations",
    "Newest first.",
    tag=ACCESS,
    parameters=page_parameters(DEFAULT_LIMIT, MAX_LIMIT),
    ok=[Ok(200, bodies.Invitations, "A page.")],
    errors=(*COMMON, InvalidParameter),
)
withdraw = operation(
    "withdrawInvitation",
    "Withdraw an invitation",
    "It cannot be accepted any more.",
    tag=ACCESS,
    parameters=[INVITATION_ID],
    ok=[Ok(204, None, "It is withdrawn.")],
    errors=(*COMMON, InvitationNotFound),
)
my_invitations = operation(
    "listMyInvitations",
    "List the invitations of the person who is logged in",
    "For a session of the person's own, which need not belong to a workspace; never for API keys.",
    tag=ACCESS,
    ok=[Ok(200, bodies.MyInvitations, "Those that wait for an answer, newest first, at most 50.")],
    errors=COMMON,
)
accept = operation(
    "acceptInvitation",
    "Accept an invitation",
    "The person who is logged in belongs to the workspace from now on.",
    tag=ACCESS,
    body=Nothing,
    parameters=[INVITATION_ID],
    ok=[Ok(201, bodies.Member, "The membership.")],
    errors=(*BODY, InvitationNotFound, AlreadyMember),
)
decline = operation(
    "declineInvitation",
    "Decline an invitation",
    "The workspace may invite again.",
    tag=ACCESS,
    parameters=[INVITATION_ID],
    ok=[Ok(204, None, "It is declined.")],
    errors=(*COMMON, InvitationNotFound),
)
change_role = operation(
    "changeMember",
    "Change a member's role",
    "The last owner stays one.",
    tag=ACCESS,
    body=bodies.MemberChange,
    parameters=[MEMBER_ID],
    ok=[Ok(200, bodies.Member, "As it is now.")],
    errors=(*BODY, MemberNotFound, LastOwner),
)
remove_member = operation(
    "removeMember",
    "Remove a member",
    "The last owner stays.",
    tag=ACCESS,
    parameters=[MEMBER_ID],
    ok=[Ok(204, None, "He or she is gone.")],
    errors=(*COMMON, MemberNotFound, LastOwner),
)
