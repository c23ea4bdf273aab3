# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent leaves in the user interface, in documents and on records."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from shutil import which

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from .common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestSharedInterface(ConfirmationCase):
    def filter_of(self, user, **values):
        return (
            self.env["ir.filters"]
            .with_user(user)
            .create({"name": "x", "model_id": "res.partner", **values})
        )

    def test_filters(self):
        agent, colleague = self.agent.id, self.colleague.id
        for values in (
            {"user_ids": []},
            {"user_ids": [colleague]},
            {"user_ids": [agent, colleague]},
            {"user_ids": [agent], "context": "{'agent_mode': True}"},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.filter_of(self.agent, **values)
        own = self.filter_of(self.agent, user_ids=[agent])
        own.write({"name": "y", "is_default": True, "context": "{'group_by': 'name'}"})
        for values in (
            {"user_ids": [Command.clear()]},
            {"context": "{'agent_mode': 1}"},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                own.write(values)
            own.invalidate_recordset()
        shared = self.filter_of(self.colleague, user_ids=[])
        shared.write({"name": "z"})
        for function, args in (
            ("write", [{"context": "{}"}]),
            ("write", [{"user_ids": [agent]}]),
            ("unlink", []),
        ):
            with self.subTest(function), self.assertRaises(AccessError):
                getattr(shared.with_user(self.agent), function)(*args)
        own.with_user(self.agent).unlink()
        shared.unlink()

    def test_embedded_actions(self):
        values = {
            "name": "x",
            "parent_action_id": self.env["ir.actions.act_window"]
            .search([], limit=1)
            .id,
            "parent_res_model": "res.partner",
            "python_method": "action_archive",
        }
        actions = self.env["ir.embedded.actions"]
        actions.with_user(self.colleague).create(values)
        mine = actions.with_user(self.agent)
        own = mine.create({**values, "user_id": self.agent.id})
        own.write({"name": "y"})
        for wrong in (
            {"user_id": False},
            {"user_id": self.colleague.id},
            {"user_id": self.agent.id, "context": "{'agent_mode': True}"},
        ):
            with self.subTest(wrong), self.assertRaises(AccessError):
                mine.create({**values, **wrong})
            with self.subTest(wrong), self.assertRaises(AccessError):
                own.write(wrong)
            own.invalidate_recordset()


@tagged("post_install", "-at_install")
class TestRendering(ConfirmationCase):
    """The renderer of PDF documents is a process that can fetch."""

    def fetched_by(self, user):
        """Whether a document of this user has asked another server for its image."""
        if not which("wkhtmltopdf"):
            self.skipTest("no wkhtmltopdf")
        asked = []

        class Elsewhere(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *args):
                """Not in the log of the tests."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        port = server.server_port
        page = f"<html><body>x<img src='http://127.0.0.1:{port}/x.png'/></body></html>"
        report = self.env["ir.actions.report"].with_user(user).sudo()
        pdf = report._run_wkhtmltopdf([page])
        self.assertTrue(pdf.startswith(b"%PDF"))
        return bool(asked)

    def test_nothing_is_fetched(self):
        self.env["ir.config_parameter"].set_param(
            "report.url", "http://odoo.inside.example:8069"
        )
        self.assertTrue(self.fetched_by(self.colleague))
        self.assertFalse(self.fetched_by(self.agent))

    def test_own_server(self):
        self.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:8069")
        self.assertTrue(self.fetched_by(self.agent))

    def test_images(self):
        report = self.env["ir.actions.report"]
        self.patch(IrActionsReport, "_run_wkhtmltoimage", lambda *args: [b"x"])
        for user, found in ((self.colleague, [b"x"]), (self.agent, [None])):
            self.assertEqual(
                report.with_user(user)._run_wkhtmltoimage(["x"], 1, 1), found
            )
