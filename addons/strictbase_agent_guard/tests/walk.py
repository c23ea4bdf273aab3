# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""A walk by property: an agent does what its rights allow, in no order that anybody
has thought of, others carry on with their work, and nothing of the agent's gets out.

Each act has a word and an address of its own, so that what has left tells which act it
was. ``Walk`` makes acts and looks; the test and the live script give it a way to call.
"""

import base64
import json
import random
import re
import time
from collections import Counter

from odoo.tools import email_normalize

from ..models.agent_touch import WHOLE
from .eyes import seen_outside

#: Fields whose text is taken for an address.
ADDRESSES = ("email", "reply_to", "_cc", "_to")
#: Models of the machinery, and rows that others make.
NOT_WALKED = (
    "base",
    "bus.",
    "discuss.",
    "fetchmail.",
    "ir.",
    "mail.",
    "report.",
    "res.config",
    "res.groups",
    "res.users",
    "strictbase.",
    "web_",
)
ALSO_WALKED = {"ir.attachment", "mail.blacklist", "mail.followers"}
#: Methods that only open something, or undo the fixtures of the walk itself.
NOT_CALLED = ("action_open", "action_view", "action_archive", "action_unarchive")
CALLED = ("action_", "button_")
BATCH = 24
MAX_FIELDS = 400
#: Of how many changed records a job tells a client after each batch.
TOLD_OF = 5


class Walk:
    """One walk over the models of a shard, from a seed."""

    def __init__(self, case, seed, shard=(1, 1), say=lambda line: None):
        self.case, self.seed, self.say = case, seed, say
        self.random = random.Random(f"{seed}/{shard}")
        self.step = 0
        self.acts = {}
        self.covered = Counter()
        self.answered = Counter()
        self.found = []
        self.changed = []
        names = [name for name in sorted(case.env) if self._is_walked(name)]
        self.models = names[shard[0] - 1 :: shard[1]]

    # ------------------------------------------------------------------
    # what there is
    # ------------------------------------------------------------------
    def _is_walked(self, name):
        model = self.case.env[name]
        if model._abstract or model._transient or not model._auto:
            return False
        if name.startswith(NOT_WALKED) and name not in ALSO_WALKED:
            return False
        agent = model.with_user(self.case.users["agent_wide"])
        return agent.has_access("write") or agent.has_access("create")

    def _fields(self, model):
        return [
            field
            for name, field in list(model._fields.items())[:MAX_FIELDS]
            if field.store
            and not field.readonly
            and name not in ("id", "create_uid", "create_date", "write_uid")
            and field.type not in ("one2many", "json", "properties", "reference")
        ]

    def _buttons(self, model):
        found = []
        for name in dir(type(model)):
            if name.startswith(CALLED) and not name.startswith(NOT_CALLED):
                method = getattr(type(model), name, None)
                if callable(method) and not getattr(method, "_api_private", False):
                    found.append(name)
        return found

    def _some(self, model):
        """A record that is there, of what the agent may read."""
        records = model.with_user(self.case.users["agent_wide"])
        if model._abstract or not records.has_access("read"):
            return None
        ids = records.search([], limit=20, order="id desc").ids
        return self.random.choice(ids) if ids else None

    # ------------------------------------------------------------------
    # values
    # ------------------------------------------------------------------
    def word(self):
        return f"walkword{self.seed}x{self.step}end"

    def address(self):
        return f"walk{self.seed}x{self.step}end@outside.example"

    def _value(self, field):
        kind = field.type
        if kind in ("char", "text", "html"):
            if any(field.name.endswith(name) for name in ADDRESSES):
                return self.address()
            return f"<p>{self.word()}</p>" if kind == "html" else self.word()
        if kind == "boolean":
            return self.random.random() < 0.7
        if kind in ("integer", "float", "monetary"):
            return self.random.choice([0, 1, 2])
        if kind in ("date", "datetime"):
            moment = time.time() + self.random.choice([-90000, -3600, 0, 3600, 90000])
            shape = "%Y-%m-%d" if kind == "date" else "%Y-%m-%d %H:%M:%S"
            return time.strftime(shape, time.gmtime(moment))
        if kind == "selection":
            values = field.get_values(self.case.env)
            return self.random.choice(values) if values else False
        if kind in ("binary", "image"):
            return base64.b64encode(self.word().encode()).decode()
        if kind in ("many2one", "many2many"):
            return self._related(field, kind)
        return None

    def _related(self, field, kind):
        if field.comodel_name == "res.partner" and self.random.random() < 0.5:
            chosen = self._aimed()
        else:
            chosen = self._some(self.case.env[field.comodel_name])
        if kind == "many2one":
            return chosen
        return [[self.random.choice([3, 4, 4, 4]), chosen]] if chosen else None

    def _aimed(self):
        """A client of this act's own, made by a colleague: the aim is the agent's."""
        partner = self.case.env["res.partner"].create(
            {"name": "Client of the walk", "email": self.address()}
        )
        self.case.seen(partner)
        return partner.id

    def _values(self, model):
        """Values with which a record of this model can probably be made."""
        fields = self._fields(model)
        values = {}
        for field in fields:
            if field.required or self.random.random() < 0.25:
                value = self._value(field)
                if value is not None:
                    values[field.name] = value
        return values

    # ------------------------------------------------------------------
    # acts
    # ------------------------------------------------------------------
    def act(self):
        """One call of the agent; what it was is kept by its number."""
        self.step += 1
        name = self.random.choice(self.models)
        model = self.case.env[name]
        kinds = ["create", "write", "write", "write", "button"]
        if "message_follower_ids" in model._fields:
            kinds += ["follow", "file", "comment"]
        kind = self.random.choice(kinds)
        call = getattr(self, f"_{kind}")(model)
        if call is None:
            return
        endpoint, ids, kwargs = call
        self.acts[self.step] = f"{endpoint} {ids} {json.dumps(kwargs, default=str)}"
        answer = self.case.rpc("agent_wide", endpoint, ids, **kwargs)
        outcome = "ok" if answer.ok else "refused" if answer.refused else "failed"
        self.answered[outcome] += 1
        if answer.ok:
            self._remember(model, kind, ids or answer.body)
            self.covered[f"model {name}"] += 1
            self.covered[f"act {kind}"] += 1
            if kind in ("create", "write"):
                values = kwargs.get("vals") or kwargs["vals_list"][0]
                for field in values:
                    self.covered[f"field {name}.{field}"] += 1
            if kind == "button":
                self.covered[f"method {endpoint}"] += 1

    def _remember(self, model, kind, ids):
        """What a job will tell a client of, if it has a conversation."""
        if kind != "file" and "message_follower_ids" in model._fields and ids:
            self.changed.append((model._name, ids[0]))

    def _create(self, model):
        return f"{model._name}/create", None, {"vals_list": [self._values(model)]}

    def _write(self, model):
        record = self._some(model)
        fields = self._fields(model)
        if not record or not fields:
            return None
        field = self.random.choice(fields)
        value = self._value(field)
        if value is None:
            return None
        return f"{model._name}/write", [record], {"vals": {field.name: value}}

    def _button(self, model):
        record, buttons = self._some(model), self._buttons(model)
        if not record or not buttons:
            return None
        return f"{model._name}/{self.random.choice(buttons)}", [record], {}

    def _follow(self, model):
        record = self._some(model)
        if not record:
            return None
        endpoint = f"{model._name}/message_subscribe"
        return endpoint, [record], {"partner_ids": [self._aimed()]}

    def _file(self, model):
        record = self._some(model)
        if not record:
            return None
        values = {
            "name": f"{self.word()}.txt",
            "raw": base64.b64encode(self.word().encode()).decode(),
            "res_model": model._name,
            "res_id": record,
        }
        return "ir.attachment/create", None, {"vals_list": [values]}

    def _comment(self, model):
        record = self._some(model)
        if not record:
            return None
        values = {"body": self.word(), "message_type": "comment"}
        values["subtype_xmlid"] = "mail.mt_comment"
        return f"{model._name}/message_post", [record], values

    # ------------------------------------------------------------------
    # the others
    # ------------------------------------------------------------------
    def others(self):
        """A colleague's ordinary messages, and all jobs."""
        threads = [
            name
            for name in self.models
            if "message_follower_ids" in self.case.env[name]._fields
        ]
        for name in self.random.sample(threads, min(3, len(threads))):
            record = self._some(self.case.env[name])
            if record:
                self.case.rpc(
                    "human_wide",
                    f"{name}/message_post",
                    [record],
                    body="A colleague's words",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
        for name, record in self.random.sample(
            self.changed, min(TOLD_OF, len(self.changed))
        ):
            self.case.one_job(self._telling(name, record))
        self.changed = []
        self.case.all_jobs()

    def _telling(self, name, record):
        """The code of a job that tells a client all that a record says."""
        texts = [
            field.name
            for field in self._fields(self.case.env[name])
            if field.type in ("char", "text", "html") and not field.company_dependent
        ]
        client = self.case.client.id
        lines = (
            f"record = env[{name!r}].browse({record}).exists()",
            f"names = {texts!r} if record else []",
            "texts = [str(record[name] or '') for name in names]",
            "if record: record.message_post(body=' '.join(texts), "
            f"subtype_xmlid='mail.mt_comment', partner_ids=[{client}])",
        )
        return "\n".join(lines)

    def look(self):
        """What left, and whose it was: an address of an act, or its word in what a
        job has made. A colleague's own message may name the record."""
        for letter in self.case.wire.letters:
            outside = self.case.outside(*letter["to"])
            if not outside:
                continue
            aimed = [a for a in outside if f"walk{self.seed}x" in email_normalize(a)]
            own = "A colleague's words" in letter["text"]
            worded = not own and self._unseen_in(letter["text"])
            if aimed or worded:
                self._tell("smtp", sorted(outside), letter["text"])
        for method, url, body in self.case.wire.requests:
            if f"{self.seed}x" in body and "walk" in body:
                self._tell("http", f"{method} {url}", body)
        self.case.wire.clear()
        for eyes, model, ids in seen_outside(self.case.env, f"walkword{self.seed}x"):
            rows = self.case.env[model].browse(ids)
            rows = rows.filtered(lambda row: not self._is_colleagues(row))
            if rows:
                self._tell("eyes", f"{eyes}: {model} {rows.ids}", str(rows.read()))

    def _is_colleagues(self, row):
        """A message of a colleague's own words, on a record that an agent has named."""
        return row._name == "mail.message" and "A colleague's words" in (row.body or "")

    def _unseen_in(self, text):
        """Words of acts in a text, but for those that a person has looked at since: a
        colleague who writes about a record has seen what it says."""
        words = set(re.findall(rf"walkword{self.seed}x\d+end", text))
        if not words:
            return words
        self.case.env.cr.execute(
            "SELECT DISTINCT model, res_id FROM strictbase_agent_touch "
            "WHERE looked_by IS NOT NULL ORDER BY res_id DESC LIMIT 1000"
        )
        for name, record in self.case.env.cr.fetchall():
            model = self.case.env.get(name)
            document = None if model is None else model.browse(record).exists()
            if document:
                said = document._agent_guard_words({WHOLE})
                words -= {w for w in words if any(w in line for line in said)}
        return words

    def _tell(self, sink, whom, text):
        acts = [
            act
            for step, act in self.acts.items()
            if f"{self.seed}x{step}end" in text or f"{self.seed}x{step}end" in str(whom)
        ]
        self.found.append((sink, whom, acts))
        self.say(f"LEFT by {sink} to {whom}: {acts or text[:300]}")

    # ------------------------------------------------------------------
    # the walk
    # ------------------------------------------------------------------
    def go(self, steps=None, until=None, after_batch=lambda walk: None):
        while (steps is None or self.step < steps) and (
            until is None or time.monotonic() < until
        ):
            for _index in range(BATCH):
                self.act()
            self.others()
            self.look()
            after_batch(self)
        return self.found

    def coverage(self):
        kinds = Counter(key.split(" ")[0] for key in self.covered)
        return (
            f"seed {self.seed}: {self.step} acts {dict(self.answered)}; "
            f"{kinds['model']} of {len(self.models)} models, {kinds['field']} fields, "
            f"{kinds['method']} methods; {len(self.found)} found"
        )

    def state(self):
        return {
            "seed": self.seed,
            "step": self.step,
            "covered": dict(self.covered),
            "answered": dict(self.answered),
            "found": self.found,
        }

    def resume(self, state):
        """Go on after the last act; the random numbers go on from its number."""
        self.step = state["step"]
        self.covered.update(state["covered"])
        self.answered.update(state["answered"])
        self.found = [tuple(entry) for entry in state["found"]]
        self.random.seed(f"{self.seed}/{self.step}")
