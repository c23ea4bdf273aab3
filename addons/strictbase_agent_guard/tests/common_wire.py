# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""False ends where e-mail and HTTP leave the process.

``Wire`` stands below everything a guard could do: it replaces ``smtplib.SMTP`` and
the transport adapter of ``requests``, so what it has seen has left Odoo. Mail that
Odoo sends after the commit is sent here too: ``TestCursor.commit`` runs its
post-commit functions, as the real cursor does.
"""

import contextlib
import io
import json
import smtplib
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import urlsplit

import requests

from odoo.tests.common import HOST
from odoo.tests.test_cursor import TestCursor
from odoo.tools.pdf import PdfFileWriter

from odoo.addons.base.models.ir_actions_report import IrActionsReport
from odoo.addons.base.models.ir_mail_server import IrMail_Server


def _pdf():
    """One empty page."""
    writer, stream = PdfFileWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(stream)
    return stream.getvalue()


PDF = _pdf()


def _text(message):
    """Everything in a message that can be read, its files included."""
    parts = [str(value) for value in message.values()]
    for part in message.walk():
        if not part.is_multipart():
            parts.append(
                (part.get_payload(decode=True) or b"").decode(errors="replace")
            )
    return "\n".join(parts)


class FakeSmtp:
    """An SMTP connection that keeps what it is handed."""

    def __init__(self, wire, host, port):
        self.wire, self.host, self.port = wire, host, port
        wire.connections.append((host, port))

    def send_message(self, message, from_addr=None, to_addrs=(), *args, **kwargs):
        self.wire.letters.append(
            {
                "to": list(to_addrs),
                "subject": str(message["Subject"]),
                "text": _text(message),
            }
        )

    def login(self, user, password):
        self.wire.logins.append((self.host, user))

    def __getattr__(self, name):
        if name in ("quit", "set_debuglevel", "starttls", "ehlo_or_helo_if_needed"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)


class Wire:
    """Everything that left the process since ``clear()``."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.letters, self.connections, self.logins, self.requests = [], [], [], []

    def smtp(self, host="", port=0, *args, **kwargs):
        return FakeSmtp(self, host, port)

    def http(self, adapter, request, **kwargs):
        parts = urlsplit(request.url)
        if parts.hostname in (HOST, "localhost"):
            return self.adapter_send(adapter, request, **kwargs)
        body = request.body
        if isinstance(body, bytes):
            body = body.decode(errors="replace")
        self.requests.append((request.method, request.url, body or ""))
        response = requests.Response()
        response.status_code = 200
        response.request, response.url = request, request.url
        response.headers["Content-Type"] = "application/json"
        response._content = json.dumps(self.reply(parts, body)).encode()
        response.elapsed = timedelta(seconds=0)
        return response

    def reply(self, parts, body):
        result = {}
        if "/api/sms/" in parts.path:
            messages = json.loads(body)["params"]["messages"]
            result = [
                {"uuid": number["uuid"], "state": "success", "credit": 1}
                for message in messages
                for number in message["numbers"]
            ]
        if "/snailmail/" in parts.path:
            result = {
                "request_code": 200,
                "total_cost": 1,
                "credit_error": False,
                "request": {"documents": []},
            }
        return {"jsonrpc": "2.0", "id": 1, "result": result}

    @contextlib.contextmanager
    def connected(self):
        self.adapter_send = requests.adapters.HTTPAdapter.send
        live = SimpleNamespace(module=SimpleNamespace(current_test=None))
        with contextlib.ExitStack() as stack:
            enter = stack.enter_context
            enter(patch.object(smtplib, "SMTP", self.smtp))
            enter(patch.object(smtplib, "SMTP_SSL", self.smtp))
            enter(patch.object(IrMail_Server, "_disable_send", lambda cls: False))
            enter(
                patch.object(
                    requests.adapters.HTTPAdapter,
                    "send",
                    lambda adapter, request, **kw: self.http(adapter, request, **kw),
                )
            )
            # these look at the running test and behave as they do in production
            for module in (
                "mail.models.mail_mail",
                "mail.models.mail_scheduled_message",
                "iap.tools.iap_tools",
            ):
                with contextlib.suppress(ImportError, AttributeError):
                    enter(patch(f"odoo.addons.{module}.modules", live))
            enter(patch.object(TestCursor, "commit", _commit))
            # tests render no PDF; a letter needs one
            enter(
                patch.object(
                    IrActionsReport,
                    "_render_qweb_pdf",
                    lambda report, *args, **kwargs: (PDF, "pdf"),
                )
            )
            yield self


def _commit(cursor):
    """``TestCursor.commit`` that runs the post-commit functions."""
    cursor.flush()
    if cursor._savepoint:
        cursor._savepoint.close(rollback=cursor.readonly)
        cursor._savepoint = None
    cursor.clear()
    cursor.prerollback.clear()
    cursor.postrollback.clear()
    cursor.postcommit.run()
