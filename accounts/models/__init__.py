from accounts.models.absence import Absence
from accounts.models.agency import Agency, AgencyOffice
from accounts.models.credential import Credential, OutsideChannel, Scope
from accounts.models.membership import Membership, Role
from accounts.models.user import User

__all__ = [
    "Absence",
    "Agency",
    "AgencyOffice",
    "Credential",
    "Membership",
    "OutsideChannel",
    "Role",
    "Scope",
    "User",
]
