"""Mail over SMTP."""

import smtplib
import ssl
from email.message import EmailMessage

from integrations.mail.port import MailRefused, MailUnavailable


class SmtpMail:
    """
    Sends through the server that Django's EMAIL_* settings name, within ten seconds or not at all.

    What the server says of this address or this message decides: 4xx it may take later, 5xx never. What it says of us, our name, our
    credential or our certificate, is no fault of the message, which is tried again.
    """

    def send(self, *, to: str, subject: str, body: str, message_id: str) -> None:
        from django.conf import settings

        message = EmailMessage()
        message["From"], message["To"] = settings.DEFAULT_FROM_EMAIL, to
        message["Subject"], message["Message-ID"] = subject, f"<{message_id}@{settings.EMAIL_MESSAGE_DOMAIN}>"
        message.set_content(body)
        try:
            with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=10) as server:
                if settings.EMAIL_USE_TLS:
                    server.starttls(context=ssl.create_default_context())
                if settings.EMAIL_HOST_USER:
                    server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _said(min(code for code, _words in error.recipients.values())) from None
        except smtplib.SMTPDataError as error:
            raise _said(error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(type(error).__name__) from error


def _said(code: int) -> MailRefused | MailUnavailable:
    """What a server's answer to an address or a message comes to, told without either."""
    return MailRefused(f"SMTP {code}") if code >= 500 else MailUnavailable(f"SMTP {code}")
