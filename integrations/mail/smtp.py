"""Mail over SMTP."""

import smtplib
from email.message import EmailMessage


class SmtpMail:
    """Sends through the server that Django's EMAIL_* settings name, within ten seconds or not at all."""

    def send(self, *, to: str, subject: str, body: str, message_id: str) -> None:
        from django.conf import settings

        from integrations.mail.port import MailRefused, MailUnavailable

        message = EmailMessage()
        message["From"], message["To"] = settings.DEFAULT_FROM_EMAIL, to
        message["Subject"], message["Message-ID"] = subject, f"<{message_id}@{settings.EMAIL_MESSAGE_DOMAIN}>"
        message.set_content(body)
        try:
            with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=10) as server:
                if settings.EMAIL_USE_TLS:
                    server.starttls()
                if settings.EMAIL_HOST_USER:
                    server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise MailRefused(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(type(error).__name__) from error
