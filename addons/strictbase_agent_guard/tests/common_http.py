# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""What the tests over HTTP share: JSON-2 calls with real API keys, the passing of
time. What is there then, or has left, for people outside is ``common_sight``'s.
"""

import contextlib
import json
import logging
import re
from collections import namedtuple
from urllib.parse import urlsplit

import requests

from odoo import api
from odoo.sql_db import Savepoint
from odoo.tests.common import HOST, HttpCase
from odoo.tools import SQL, email_normalize, mute_logger

from ..tools.acts import job
from .common_caches import KeptCaches
from .common_records import Records
from .common_sight import Sight
from .common_wire import Wire

_logger = logging.getLogger(__name__)

MARKER = "AGENT_CONFIRMATION_REQUIRED"

# Queues that run after every attempt: what was only put aside must not leave either.
QUEUES = (
    "mail.ir_cron_send_scheduled_message",
    "mail.ir_cron_post_scheduled_message",
    "mail.ir_cron_mail_scheduler_action",
    "sms.ir_cron_sms_scheduler_action",
)

# Columns that hold a thing back until a moment; the tests let that moment pass.
DATES = (
    ("mail_scheduled_message", "scheduled_date"),
    ("mail_message_schedule", "scheduled_datetime"),
    ("mail_mail", "scheduled_date"),
    ("mailing_mailing", "schedule_date"),
    ("mailing_mailing", "next_departure"),
    ("event_mail_registration", "scheduled_date"),
)

# Seconds for one call, which may print two documents on a machine at other work.
PATIENCE = 600

Answer = namedtuple("Answer", "status body")


class Answered(Answer):
    @property
    def text(self):
        if isinstance(self.body, dict) and "message" in self.body:
            return f"{self.body.get('name')}: {self.body['message']}"
        return str(self.body)

    @property
    def ok(self):
        return self.status == 200

    @property
    def confirmation_required(self):
        return (
            self.status == 422
            and isinstance(self.body, dict)
            and str(self.body.get("message")).startswith(MARKER)
        )

    @property
    def refused(self):
        return self.confirmation_required or self.status == 403


class GuardHttpCase(KeptCaches, Sight, Records, HttpCase):
    """Users, keys and records; ``rpc`` and ``left`` are what the tests use."""

    @classmethod
    def setUpClass(cls):
        # what the process sends with when no test runs, a guard's barrier included
        cls.session_send = requests.sessions.Session.send
        super().setUpClass()
        cls._keep_caches()
        cls.wire = Wire()
        cls.enterClassContext(cls.wire.connected())
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                tracking_disable=True,
                mail_create_nosubscribe=True,
                mail_create_nolog=True,
                no_reset_password=True,
            )
        )
        cls._make_users()
        cls._make_records()
        cls._empty_the_queues()
        cls.inside = {
            email_normalize(email)
            for email in cls.env["res.users"]
            .with_context(active_test=False)
            .search([("share", "=", False)])
            .mapped("email")
            if email
        }

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if urlsplit(request.url).hostname in (HOST, "localhost"):
            return super()._request_handler(session, request, **kwargs)
        return cls.session_send(session, request, **kwargs)

    # ------------------------------------------------------------------
    # calls
    # ------------------------------------------------------------------

    def missing(self, needs):
        """Those of ``needs`` (models, or model:field) that are not installed."""
        return [
            need
            for need in needs
            if (model := need.partition(":"))[0] not in self.env
            or (model[2] and model[2] not in self.env[model[0]]._fields)
        ]

    def rpc(self, who, endpoint, ids=None, /, context=None, **kwargs):
        """One JSON-2 call with the API key of ``who``."""
        body = dict(kwargs)
        if ids is not None:
            body["ids"] = ids if isinstance(ids, list) else [ids]
        if context is not None:
            body["context"] = context
        response = self.url_open(
            f"/json/2/{endpoint}",
            data=json.dumps(body, default=str),
            headers={
                "Authorization": f"Bearer {self.keys[who]}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.env.cr.dbname,
            },
            timeout=PATIENCE,
        )
        try:
            content = response.json()
        except ValueError:
            content = response.text[:500]
        return Answered(response.status_code, content)

    def resolve(self, value, who, results=()):
        """Replace ``@name`` by what it names, ``$n`` by the result of call n."""
        if isinstance(value, dict):
            return {k: self.resolve(v, who, results) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.resolve(v, who, results) for v in value]
        if not isinstance(value, str):
            return value
        if value == "@me":
            return self.users[who].id
        if value == "@my_partner":
            return self.users[who].partner_id.id
        if value.startswith("@ref:"):
            return self.env.ref(value[5:]).id
        if value.startswith("@"):
            return self.at[value[1:]]
        if match := re.fullmatch(r"\$(\d+)(\[0\])?", value):
            result = results[int(match[1])]
            return result[0] if match[2] else result
        if re.search(r"@\{\w+\}", value):
            return re.sub(r"@\{(\w+)\}", lambda m: str(self.at[m[1]]), value)
        return value

    def walk(self, who, calls, context=None):
        """Make the calls in turn, up to the first that is not answered 200."""
        answers, results = [], []
        for call in calls:
            body = self.resolve(call.kwargs, who, results)
            merged = {**body.pop("context", {}), **(context or {})}
            answer = self.rpc(
                who,
                call.endpoint,
                self.resolve(call.ids, who, results),
                context=merged or None,
                **body,
            )
            answers.append(answer)
            if not answer.ok:
                break
            results.append(answer.body)
        return answers

    @contextlib.contextmanager
    def apart(self):
        """Undo everything that was done inside, in the database and in the caches."""
        self.env.flush_all()
        savepoint = Savepoint(self.cr)
        sequences = dict(self.registry.cache_sequences)
        try:
            yield
        finally:
            self.cr.clear()
            savepoint.close(rollback=True)
            if self.registry.cache_sequences != sequences:
                with mute_logger("odoo.registry", "odoo.orm.registry"):
                    self.registry.clear_all_caches()

    def let_dates_pass(self):
        for table, column in DATES:
            if self._has(table, column):
                self.cr.execute(
                    SQL(
                        """UPDATE %(table)s
                              SET %(column)s = now() at time zone 'utc'
                                  - interval '1 hour'
                            WHERE %(column)s > now() at time zone 'utc'
                              AND %(column)s < now() at time zone 'utc'
                                  + interval '1 year'""",
                        table=SQL.identifier(table),
                        column=SQL.identifier(column),
                    )
                )

    def pass_time(self, *crons):
        """Let every date pass and run the queues, as their own users."""
        self.let_dates_pass()
        for xmlid in (*crons, *QUEUES):
            cron = self.env.ref(xmlid, raise_if_not_found=False)
            if not cron:
                continue
            action, user = cron.ir_actions_server_id.id, cron.user_id.id
            try:
                with job(), self.registry.cursor() as cr:
                    env = api.Environment(cr, user, {})
                    env["ir.actions.server"].browse(action).run()
            except Exception as error:  # noqa: BLE001
                # a cron that fails is rolled back and noted, here as in production
                _logger.info("cron %s failed: %s", xmlid, error)
        self.env.invalidate_all()

    def prepare(self, given):
        if given:
            statement, record_id = self.given[given]
            self.cr.execute(statement, [record_id])
