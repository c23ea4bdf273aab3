# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose work it is that leaves: the judge at the last barriers.

What a person sends in an act of their own goes through. What a job, root or a queue
sends on is held if an agent has made or changed the document, whom it reaches, what it
says or carries after the last person who looked.
"""

from collections import defaultdict
from weakref import WeakKeyDictionary

from odoo import api, models
from odoo.tools import SQL, ormcache

from ..tools.acts import in_job, looked_at
from ..tools.call_state import current_request
from ..tools.words import SHORTEST, SHORTEST_ABOUT, Words, as_word, stands_in
from .agent_touch import WHOLE

#: What a company's contact says, beside the company's own texts.
COMPANY_WORDS = ("name", "display_name", "email", "phone", "website", "vat")
#: So many of the latest touches of each agent are searched for words where no record
#: is known of.
MAX_TOUCHES = 5000
#: cursor -> (its time, the words that agents have written and nobody has looked at)
_unseen = WeakKeyDictionary()
SPOKEN_PATHS = ("/xmlrpc", "/jsonrpc")


class StrictbaseAgentGuard(models.AbstractModel):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.guard"

    # ------------------------------------------------------------------
    # Whose act
    # ------------------------------------------------------------------
    @api.model
    def _person(self):
        """The person whose own act this is, None if a job or somebody outside acts."""
        if in_job.get():
            return None
        env = self.env
        request = current_request()
        if request is None or request.db != env.cr.dbname:
            uid = env.uid
        else:
            uid = request.env.uid if request.env is not None else None
            if not uid and request.httprequest.path.startswith(SPOKEN_PATHS):
                uid = env.transaction.default_env.uid
        return uid if env["res.users"]._agent_guard_is_person(uid) else None

    # ------------------------------------------------------------------
    # Whose work
    # ------------------------------------------------------------------
    @api.model
    def _origin_touches(
        self, document=None, partners=None, extra=(), moment=None, asked=""
    ):
        """Touches of agents after the last look, in what a job makes of this.

        ``extra`` are (model, id) of rows that are carried, ``moment`` when a person
        looked at what is sent on, apart from the document, ``asked`` the condition by
        which that chose it.
        """
        linked = {}
        keys = set(extra)
        if document:
            document = document.sudo()
            keys.add((document._name, document.id))
            linked = document._agent_guard_linked()
            keys |= set(linked)
        for partner in partners or ():
            keys.add((partner._name, partner.id))
            linked.setdefault((partner._name, partner.id), partner)
        touches = self.env["strictbase.agent.touch"].sudo()._open(keys)
        if not touches:
            return []
        moments = [looked_at.get(), moment]
        if document:
            moments.append(self._looked(document, touches))
            asked = f"{asked} {document._agent_guard_asked()}".strip()
        last = max(filter(None, moments), default=None)
        found = []
        for touch in touches:
            if last and touch["touched_at"] < last:
                continue
            key = touch["model"], touch["res_id"]
            record = linked.get(key)
            if document and key == (document._name, document.id):
                telling = document._agent_guard_telling(
                    touch["names"], document=True, asked=asked
                )
            elif record is not None:
                telling = record._agent_guard_telling(touch["names"], asked=asked)
                telling = telling and not self._is_seen(record, touch)
            else:
                telling = True
            if telling:
                found.append(touch)
        return found

    @api.model
    def _origin_of_text(self, host, text):
        """Why this text must not be sent to another server by a job, "" if it may.

        It holds words of a field that an agent has written and nobody looked at.
        """
        if not self.env["res.users"]._agent_guard_uids() or host in self._free_hosts():
            return ""
        touches = self._origin_words(text, encoded=True)
        if not touches:
            return ""
        record = self._document(touches[0]["model"], touches[0]["res_id"])
        item = self._new_egress(
            "http",
            [{"name": host, "address": host}],
            record,
            subject=record.display_name or "",
            target=(record._name, record.id),
        )
        self.env["strictbase.agent.held"]._hold(item, touches)
        return self._origin_why(touches)

    @api.model
    def _origin_is_pointed_to(self, document):
        """Models of what may point to this document, or stand in its lists, as far as
        an agent has touched any that nobody has looked at."""
        touch = self.env["strictbase.agent.touch"].sudo()
        around = (
            document._agent_guard_pointing().keys()
            | document._agent_guard_listing().keys()
        )
        return touch._models_with_open() & around

    @api.model
    def _origin_words_about(self, document, text, files=()):
        """Touches of fields whose words stand in this text about a document, or in
        files of text that go with it, on records that point to it, or that its lists
        name: it may say those without being made of them."""
        models = self._origin_is_pointed_to(document)
        if not models:
            return []
        said = _said_in(self._unseen_words(frozenset(models)), text, files)
        keys = {(touch["model"], touch["res_id"]) for touch, _words in said}
        pointing = document._agent_guard_pointing()
        listing = document._agent_guard_listing()
        about = {
            (model, res_id)
            for (model, res_id), record in self._documents(keys).items()
            if any(record[name] == document for name in pointing.get(model, ()))
            or any(res_id in document[name].ids for name in listing.get(model, ()))
        }
        said = [(t, w) for t, w in said if (t["model"], t["res_id"]) in about]
        by_others = self._words_by_others(document, set().union(*(w for _t, w in said)))
        found = [touch for touch, words in said if words - by_others]
        return sorted(found, key=lambda touch: touch["id"])

    @api.model
    def _words_by_others(self, document, words):
        """Short ones of these that a letter about this document has without anybody's
        help: the document says them itself, or a template or layout does."""
        words = {word for word in words if len(word) < SHORTEST}
        if not words:
            return words
        own = document._agent_guard_own_text()
        found = {word for word in words if stands_in(own, word)}
        self.env.cr.execute(
            SQL(
                """
                SELECT body_html::text FROM mail_template WHERE model = %(model)s
                 UNION ALL
                SELECT subject::text FROM mail_template WHERE model = %(model)s
                 UNION ALL
                SELECT arch_db::text FROM ir_ui_view
                 WHERE type = 'qweb' AND key LIKE 'mail.%%'
                """,
                model=document._name,
            )
        )
        for (text,) in self.env.cr.fetchall():
            found |= {word for word in words if stands_in(text or "", word)}
        return found

    @api.model
    def _origin_words(self, text, encoded=False, files=()):
        """Touches of fields whose words stand in this text, or in files of text that go
        with it, and nobody has looked at.

        For what no record is known of: the last resort, where no link can be followed.
        """
        said = _said_in(self._unseen_words(), text, files, encoded)
        return sorted((touch for touch, _words in said), key=lambda touch: touch["id"])

    @api.model
    def _unseen_words(self, models=None):
        """The words of the last touches that nobody has looked at, of these models if
        any are named: once for each transaction."""
        cr = self.env.cr
        moment, known = _unseen.get(cr, (None, {}))
        if moment != cr.now():
            known = {}
        if models in known:
            return known[models]
        words = Words()
        shortest = SHORTEST if models is None else SHORTEST_ABOUT
        touch = self.env["strictbase.agent.touch"].sudo()
        touches = touch._last_open(MAX_TOUCHES, models)
        ours = self._words_of_ours() if touches else set()
        by_record = defaultdict(list)
        for touch in touches:
            by_record[touch["model"], touch["res_id"]].append(touch)
        for record, names, unseen in self._unseen_records(by_record):
            for name in names:
                said = record._agent_guard_words({name}, shortest) - ours
                for touch in unseen:
                    if name in touch["names"] or WHOLE in touch["names"]:
                        words.add(touch, said)
        known[models] = words
        _unseen[cr] = cr.now(), known
        return words

    @api.model
    def _unseen_records(self, by_record):
        """(record, names of texts, touches) of what nobody has looked at since; of a
        model at once, and of its texts those that were touched."""
        by_model = defaultdict(list)
        for (model, _res_id), record in self._documents(by_record).items():
            by_model[model].append(record)
        for model, records in by_model.items():
            together = self.env[model].sudo().concat(*records)
            if together._log_access:
                together.fetch(["write_uid", "write_date"])
            found = []
            for record in together:
                touches = [
                    touch
                    for touch in by_record[model, record.id]
                    if not self._is_seen(record, touch)
                ]
                touched = set().union(*(touch["names"] for touch in touches))
                found.append((record, together._agent_guard_texts(touched), touches))
            # what was made is read whole, of the others no more than was touched
            made = {r.id for r, _texts, unseen in found if _is_whole(unseen)}
            for some in (made, set(together.ids) - made):
                texts = (texts for record, texts, _seen in found if record.id in some)
                together.browse(some).fetch(set().union(*texts))
            yield from found

    @api.model
    def _is_seen(self, record, touch):
        last = self._looked(record, [touch])
        return bool(last) and touch["touched_at"] < last

    @api.model
    def _words_of_ours(self):
        """What any record may say by default, and no agent has thought of."""
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        # its terms and footers, which others take over, and what its contact says
        return self._technical_words().union(
            *(
                company._agent_guard_words({WHOLE})
                | {as_word(company[name] or "") for name in COMPANY_WORDS}
                for company in companies.search([])
            )
        )

    @api.model
    @ormcache(cache="stable")
    def _technical_words(self):
        """Names of models and of fields, such as stand in links to images."""
        models = self.env.registry.models
        return frozenset(models).union(*(model._fields for model in models.values()))

    @api.model
    def _looked(self, record, touches):
        """When a person saved this record last, if nobody else has since."""
        if not record._log_access:
            return None
        writer, moment = record.write_uid, record.write_date
        if not self.env["res.users"]._agent_guard_is_person(writer.id):
            return None
        jobs = [
            touch["job_at"]
            for touch in touches
            if touch["job_at"]
            and (touch["model"], touch["res_id"]) == (record._name, record.id)
        ]
        return None if jobs and moment <= max(jobs) else moment

    @api.model
    def _origin_why(self, touches):
        """For the approver: what was touched, by whom and when."""
        agents = self.env["res.users"].sudo()
        lines = []
        for touch in touches[-5:]:
            document = self._document(touch["model"], touch["res_id"])
            name = document.display_name if document else touch["res_id"]
            what = "" if WHOLE in touch["names"] else ", ".join(sorted(touch["names"]))
            lines.append(
                self.env._(
                    "%(agent)s touched %(model)s “%(name)s” on %(date)s%(what)s, and "
                    "nobody has looked since.",
                    agent=agents.browse(touch["agent_id"]).name or touch["agent_id"],
                    model=self.env[touch["model"]]._description
                    if touch["model"] in self.env
                    else touch["model"],
                    name=name,
                    date=touch["touched_at"].strftime("%Y-%m-%d %H:%M UTC"),
                    what=f" ({what})" if what else "",
                )
            )
        return "\n".join(dict.fromkeys(lines))


def _is_whole(touches):
    return any(WHOLE in touch["names"] for touch in touches)


def _said_in(words, text, files, encoded=False):
    """(touch, words) of those that stand in a text, or in a file of text."""
    found = words.said_in(text, encoded)
    if words:
        for file in files:
            found += words.said_in(file._agent_guard_plain_text(), encoded=True)
    joined = {}
    for touch, said in found:
        joined.setdefault(touch["id"], (touch, set()))[1].update(said)
    return list(joined.values())
