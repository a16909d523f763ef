"""Which policy says no, read from AWS's own words, and who can change that.

AWS names the kind of policy: "with an explicit deny in a <kind>" where one forbids it, "because no <kind> allows the
<action> action" where none allows it ("Troubleshoot access denied error messages", IAM User Guide). Where it names none,
an allow that is missing in the identity's own policies is the likeliest.
"""

from __future__ import annotations

import re

_EXPLICIT = re.compile(r"explicit deny in (?:an? |the )?(?P<kind>[a-z -]+? (?:policy|boundary))\b", re.IGNORECASE)
_MISSING = re.compile(r"because no (?P<kind>[a-z -]+? (?:policy|boundary)) allows\b", re.IGNORECASE)
_SOME_DENY = re.compile(r"\bexplicit(?:ly)? den(?:y|ied)\b", re.IGNORECASE)

_ORGANIZATION = "whoever runs the organization in AWS has to change that, no policy of this account can"

_FORBIDDEN: dict[str, str] = {
    "identity-based policy": "a Deny in the policies of {who} forbids {action}: take it out, no Allow outweighs it",
    "resource-based policy": "a Deny in the policy of the thing itself forbids {action}: take it out there",
    "service control policy": f"a service control policy forbids {{action}}: {_ORGANIZATION}",
    "resource control policy": f"a resource control policy forbids {{action}}: {_ORGANIZATION}",
    "permissions boundary": "the permissions boundary of {who} forbids {action}: take the Deny out of the boundary",
    "session policy": "the session policy with which {who} was taken on forbids {action}: open the session without it",
    "vpc endpoint policy": "the policy of the VPC endpoint that the call goes through forbids {action}: change that one",
    "role trust policy": "a Deny in the trust policy of {who} forbids {action}: take it out",
}
_NOT_ALLOWED: dict[str, str] = {
    "identity-based policy": "the policy of {who} has to allow {action} (the one in deploy/ does)",
    "resource-based policy": "the policy of the thing itself has to allow {action} to {who}",
    "service control policy": f"no service control policy allows {{action}}: {_ORGANIZATION}",
    "resource control policy": f"no resource control policy allows {{action}}: {_ORGANIZATION}",
    "permissions boundary": "the permissions boundary of {who} has to allow {action} too",
    "session policy": "the session policy with which {who} was taken on has to allow {action} too",
    "vpc endpoint policy": "the policy of the VPC endpoint that the call goes through has to allow {action}",
    "role trust policy": "the trust policy of {who} has to name who calls",
}
_OF_TRUST = frozenset({"identity-based policy", "resource-based policy", "role trust policy"})
_OF_SOME_KIND = (
    "a policy that AWS does not name forbids {action}, and no Allow outweighs it: look for the Deny among the policies and "
    "the permissions boundary of {who}, and the service control policies of the organization"
)
_OF_NO_KIND = (
    "the policy of {who} has to allow {action} (the one in deploy/ does); where it does, a permissions boundary or a service "
    "control policy may be in the way"
)


def advice(said: str) -> str:
    """What helps against a refusal in these words of AWS's; it knows {action} and {who}."""
    for pattern, table, otherwise in ((_EXPLICIT, _FORBIDDEN, _OF_SOME_KIND), (_MISSING, _NOT_ALLOWED, _OF_NO_KIND)):
        found = pattern.search(said)
        if found is not None:
            return table.get(found["kind"].lower(), otherwise)
    return _OF_SOME_KIND if _SOME_DENY.search(said) else _OF_NO_KIND


def is_about_trust(said: str) -> bool:
    """Whether a refusal to take on a role may be about whom the role trusts: unless AWS says that it is another policy's."""
    found = _MISSING.search(said)
    if _SOME_DENY.search(said) is not None:
        return False
    return found is None or found["kind"].lower() in _OF_TRUST
