# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The ledger of what agents have made or changed.

Written once for each call and model, read only where something is about to leave, and
vacuumed. A touch is open until a person has saved the record after it: who wrote a
record last is kept by Odoo itself, so that people's own work costs nothing here.
"""

from collections import defaultdict
from weakref import WeakKeyDictionary
from zlib import crc32

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .mail_followers import FOLLOWS

#: A touch of all fields: the record was made or deleted.
WHOLE = "*"

PENDING = "strictbase_agent_guard.touches"
#: cursor -> models with open touches, as its transaction has seen them
_known = WeakKeyDictionary()


class StrictbaseAgentTouch(models.Model):
    _name = "strictbase.agent.touch"
    _description = "What an Agent has Changed"
    _order = "id desc"
    _log_access = False
    _allow_sudo_commands = False

    # no foreign keys: the ledger holds nobody up
    agent_id = fields.Integer("Agent User", required=True)
    model = fields.Char(required=True)
    res_id = fields.Integer("Document", required=True)
    names = fields.Char("Fields")
    touched_at = fields.Datetime(required=True)
    looked_by = fields.Integer("Seen by")
    looked_at = fields.Datetime()
    job_at = fields.Datetime("Written by a job as a person")

    _record_idx = models.Index("(model, res_id)")
    _open_idx = models.Index("(model) WHERE looked_at IS NULL")

    # ------------------------------------------------------------------
    # Writing down
    # ------------------------------------------------------------------
    @api.model
    def _note(self, agent_id, keys):
        """Keep these (model, id) -> names for the end of the transaction."""
        cr = self.env.cr
        # forgotten with the savepoint or transaction that is rolled back
        pending = cr.precommit.data.setdefault(PENDING, defaultdict(set))
        if not pending:
            cr.precommit.add(lambda: _flush(cr))
        for (model, res_id), names in keys.items():
            pending[agent_id, model, res_id].update(names)

    @api.model
    def _write_down(self):
        _flush(self.env.cr)

    # ------------------------------------------------------------------
    # Looking up
    # ------------------------------------------------------------------
    @api.model
    def _open(self, keys):
        """Open touches of these (model, id), oldest first: one query."""
        self._write_down()
        keys = list(keys)
        if not keys:
            return []
        return self._select(SQL("(model, res_id) IN %s", tuple(keys)))

    @api.model
    def _last_open(self, limit, models=None):
        """The latest open touches, of these models if any are named, of each agent as
        many."""
        return self._select(
            SQL(
                """
                id IN (
                    SELECT id
                      FROM (SELECT id, row_number() OVER (
                                           PARTITION BY agent_id ORDER BY id DESC
                                       ) AS place
                              FROM strictbase_agent_touch
                             WHERE looked_at IS NULL AND %(named)s) latest
                     WHERE place <= %(limit)s)
                """,
                named=SQL("TRUE")
                if models is None
                else SQL("model IN %s", tuple(sorted(models))),
                limit=limit,
            )
        )

    @api.model
    def _select(self, condition):
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT id, agent_id, model, res_id, names, touched_at, job_at
                  FROM strictbase_agent_touch
                 WHERE looked_at IS NULL AND %s
              ORDER BY id
                """,
                condition,
            )
        )
        for row in rows:
            row["names"] = set((row["names"] or WHOLE).split(","))
        return rows

    @api.model
    def _close(self, ids, user_id):
        """A person has seen these."""
        if ids:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE strictbase_agent_touch
                       SET looked_by = %s,
                           looked_at = clock_timestamp() AT TIME ZONE 'UTC'
                     WHERE id IN %s AND looked_at IS NULL
                    """,
                    user_id,
                    tuple(ids),
                )
            )

    @api.model
    def _close_granted(self, keys, approver_id):
        """Who approved what is sent about a document has looked at it, and at what
        the approved call itself does to it."""

        def close():
            self._close([touch["id"] for touch in self._open(keys)], approver_id)

        if keys:
            self.env.cr.precommit.add(close)

    @api.model
    def _before_job_writes(self, records):
        """A job is about to write: keep whether a person has looked before it.

        As a person, it would else count as that person's look.
        """
        if not records.ids or records._name not in self._models_with_open():
            return
        records.flush_recordset(["write_uid", "write_date"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE strictbase_agent_touch touch
                   SET looked_by = record.write_uid, looked_at = record.write_date
                  FROM %(table)s record
                 WHERE touch.model = %(model)s AND touch.res_id = record.id
                   AND record.id IN %(ids)s AND touch.looked_at IS NULL
                   AND record.write_date > touch.touched_at
                   AND (touch.job_at IS NULL OR record.write_date > touch.job_at)
                   AND record.write_uid != %(root)s
                   AND record.write_uid NOT IN %(agents)s
                   AND record.write_uid IN (SELECT id FROM res_users WHERE NOT share)
                """,
                table=SQL.identifier(records._table),
                model=records._name,
                ids=tuple(records.ids),
                root=SUPERUSER_ID,
                agents=tuple(self.env["res.users"]._agent_guard_uids()),
            )
        )
        if records.env.uid != SUPERUSER_ID:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE strictbase_agent_touch
                       SET job_at = clock_timestamp() AT TIME ZONE 'UTC'
                     WHERE model = %s AND res_id IN %s AND looked_at IS NULL
                    """,
                    records._name,
                    tuple(records.ids),
                )
            )

    @api.model
    def _models_with_open(self):
        cr = self.env.cr
        known = _known.get(cr)
        if known is None or known[0] != cr.now():
            rows = self.env.execute_query(
                SQL(
                    "SELECT DISTINCT model FROM strictbase_agent_touch "
                    "WHERE looked_at IS NULL"
                )
            )
            known = _known[cr] = (cr.now(), {model for (model,) in rows})
        return known[1]

    @api.autovacuum
    def _gc_touches(self):
        """Looked at: a week. Open: as long as the log is kept."""
        days = self.env["strictbase.agent.confirmation"]._audit_days()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM strictbase_agent_touch
                 WHERE looked_at < (now() AT TIME ZONE 'UTC') - interval '7 days'
                    OR touched_at
                       < (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                """,
                days,
            )
        )


def address_key(address):
    """Where the ledger keeps what was done about an address, also once it is gone."""
    return "address", crc32((address or "").strip().lower().encode()) & 0x7FFFFFFF


def _flush(cr):
    """One insert for all that the transaction has touched so far."""
    pending = cr.precommit.data.pop(PENDING, None)
    if not pending:
        return
    agents, documents, ids = zip(*pending, strict=True)
    names = [",".join(sorted(_essential(touched))) for touched in pending.values()]
    cr.execute(
        """
        INSERT INTO strictbase_agent_touch (agent_id, model, res_id, names, touched_at)
        SELECT *, clock_timestamp() AT TIME ZONE 'UTC'
          FROM unnest(%s::int[], %s::varchar[], %s::int[], %s::varchar[])
        """,
        [list(agents), list(documents), list(ids), names],
    )


def _essential(names):
    """All fields are in the mark for all of them; what the record follows is not."""
    if WHOLE not in names:
        return names
    return {WHOLE} | {name for name in names if name.startswith(FOLLOWS)}
