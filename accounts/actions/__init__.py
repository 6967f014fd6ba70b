from accounts.actions.absences import end_absence, enter_absence
from accounts.actions.credentials import add_channel, issue_credential, revoke_credential
from accounts.actions.passwords import change_password, choose_password, take_password_back
from accounts.actions.people import create_user, disable_user, enable_user
from accounts.actions.posts import end_post, give_post

__all__ = [
    "add_channel",
    "change_password",
    "choose_password",
    "create_user",
    "disable_user",
    "enable_user",
    "end_absence",
    "end_post",
    "enter_absence",
    "give_post",
    "issue_credential",
    "revoke_credential",
    "take_password_back",
]
