# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An agent's words in the approver's browser: nothing of them runs, loads or covers.

A real browser opens every page on which an approver sees what an agent wrote, with
script in all that an agent can choose: names, subjects, bodies, file names, channel.
"""

import base64
import json

from odoo.tests import tagged

from .common_requests import GUARD, MODEL, RequestCase

MARK = "hostile-words"
RUNS = "window.agentRan=(window.agentRan||0)+1"
#: As a browser, a template, a sanitizer or a view may fall for it.
HOSTILE = (
    f"<script>{RUNS}</script>",
    f"<img src=x onerror='{RUNS}'>",
    f"<svg/onload={RUNS}>",
    f'"><img src=x onerror="{RUNS}">',
    "</pre></code></span>"
    f"<iframe srcdoc='<script>parent.{RUNS[7:]}</script>'></iframe>",
    f"<a href='javascript:{RUNS}' style='position:fixed;inset:0;z-index:9999'>x</a>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
    f"onerror={RUNS}&gt;'>",
    f"<t t-out='1' t-on-click=\"()=>{{{RUNS}}}\"/>{{{{7*7}}}}${{7*7}}",
    "<link rel=stylesheet href='https://evil.example/s.css'>"
    "<img src='https://evil.example/pixel.png'>"
    "<style>body{background:url(https://evil.example/b.png)}</style>",
    "<form action='https://evil.example/'><button name='action_approve'>Ok</button>",
)
TEXT = f"{MARK} {' '.join(HOSTILE)}"
NAME = f"{MARK} {HOSTILE[1]}{HOSTILE[3]}"

LOOK = """
const until = Date.now() + 240000;
const mark = %(mark)s;
const ACTIVE = ["SCRIPT", "IFRAME", "OBJECT", "EMBED", "LINK", "STYLE"];
const LOADING = ["src", "href", "action"];
const found = () => {
    const all = document.querySelector(".o_action_manager");
    if (window.agentRan) return "a script of the agent ran";
    if (!all) return "";
    const shown = [...all.querySelectorAll("*")];
    for (const node of shown) {
        if (ACTIVE.includes(node.tagName))
            return `there is a ${node.tagName}: ${node.outerHTML.slice(0, 200)}`;
        for (const {name, value} of node.attributes) {
            if (name.startsWith("on") || /^javascript:/i.test(value.trim()))
                return `${node.tagName} ${name}=${value}`;
            if (/evil\\.example/.test(value) && LOADING.includes(name))
                return `${node.tagName} ${name}=${value}`;
        }
    }
    if (performance.getEntriesByType("resource").some((e) => e.name.includes("evil")))
        return "something of the agent's was loaded";
    return "";
};
const settle = () => {
    const wrong = found();
    if (wrong) console.error(wrong);
    else console.log("test successful");
};
const wait = () => {
    const view = document.querySelector(".o_action_manager .o_view_controller");
    const words = document.querySelector(".o_action_manager")?.innerText || "";
    const inputs = [...document.querySelectorAll(".o_action_manager input")];
    const there = words.includes(mark) || inputs.some((i) => i.value.includes(mark));
    if (view && there) return setTimeout(settle, 700);
    if (Date.now() > until) return console.error("what the agent wrote is not shown");
    setTimeout(wait, 200);
};
wait();
"""


@tagged("post_install", "-at_install", "agent_tours")
class TestBrowser(RequestCase):
    browser_size = "1366x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["approver"].password = cls.users["approver"].login
        cls.quiet = cls.env["res.partner"].browse(cls.at["quiet"])

    def setUp(self):
        super().setUp()
        # all that an agent can choose, and an approver sees
        rename = self.rpc(
            "agent", "res.partner/write", self.quiet.id, vals={"name": NAME}
        )
        self.assertTrue(rename.ok, rename.text)
        named = self.rpc(
            "agent", "res.partner/write", self.client.id, vals={"name": NAME}
        )
        self.assertTrue(named.ok, named.text)
        self.file = self.rpc(
            "agent",
            "ir.attachment/create",
            vals_list=[
                {
                    "name": f"{NAME}.html",
                    "raw": base64.b64encode(TEXT.encode()).decode(),
                    "res_model": "mail.compose.message",
                }
            ],
        ).body
        answer = self._post()
        self.told = self.asked(answer)
        self.request = self.row(self.told["request"])

    def _post(self, context=None, **kwargs):
        return self.rpc(
            "agent",
            "res.partner/message_post",
            self.quiet.id,
            context={"agent_channel": NAME[:60], **(context or {})},
            **{
                "body": TEXT,
                "body_is_html": True,
                "subject": NAME,
                "partner_ids": [self.client.id],
                "attachment_ids": self.file,
                **kwargs,
            },
        )

    def look(self, path, mark=MARK):
        self.browser_js(
            path,
            LOOK % {"mark": json.dumps(mark)},
            login=self.users["approver"].login,
            timeout=600,
        )
        self.authenticate(None, None)

    def action(self, name):
        return f"/odoo/action-{GUARD}.{name}"

    def test_list(self):
        self.look("/odoo/agent-approvals")

    def test_kanban(self):
        self.look("/odoo/agent-approvals?view_type=kanban")

    def test_form(self):
        self.look(f"/odoo/agent-approvals/{self.request.id}")

    def test_what_is_wanted_by_the_next_request(self):
        """An earlier one, and what has changed since, in words."""
        other = self._post(subject=f"Other {NAME}")
        self.look(f"/odoo/agent-approvals/{self.row(self.asked(other)['request']).id}")

    def test_log(self):
        self.approve(self.told["request"])
        answer = self._post(context={"agent_confirmation_token": self.told["claim"]})
        self.assertTrue(answer.ok, answer.text)
        log = self.env["strictbase.agent.egress"].search([], limit=1)
        self.look(self.action("strictbase_agent_egress_action"))
        self.look(f"{self.action('strictbase_agent_egress_action')}/{log.id}")
        self.look(f"/odoo/agent-approvals/{self.request.id}")

    def test_what_is_held(self):
        self.ok_follow()
        answer = self.rpc(
            "human",
            "res.partner/message_post",
            self.quiet.id,
            body="For colleagues",
            subject=TEXT[:500],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertTrue(answer.ok, answer.text)
        self.pass_time()
        held = self.env["strictbase.agent.held"].search([], limit=1)
        row = self.env[MODEL].search([("held_id", "=", held.id)])
        self.look(f"/odoo/agent-approvals/{row.id}")
        self.look(f"{self.action('strictbase_agent_held_action')}/{held.id}")

    def ok_follow(self):
        answer = self.rpc(
            "agent",
            "res.partner/message_subscribe",
            self.quiet.id,
            partner_ids=[self.client.id],
        )
        self.assertTrue(answer.ok, answer.text)

    def test_the_look_sees_it(self):
        """Where a page does show such words as they are, it says so."""
        self.request.sudo().write({"summary": MARK, "subject": False})
        view = self.env.ref(f"{GUARD}.strictbase_agent_confirmation_view_form")
        view.arch_db = view.arch_db.replace(
            "<sheet>", f"<sheet><iframe title='{MARK}'/>", 1
        )
        self.env.flush_all()
        with self.assertRaises(self.failureException):
            self.look(f"/odoo/agent-approvals/{self.request.id}")
