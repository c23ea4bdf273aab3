# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An agent's search runs on what the agent may see.

A link with a client's token is answered to agents without it, so a condition, an order,
a group or an aggregate over any text sees it without, too: in the database, before
anything is compared. Otherwise a pattern tells the token letter by letter.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models
from odoo.fields import Domain, Field
from odoo.orm.domains import DomainCondition
from odoo.tools import SQL

from ..tools import client_secrets
from ..tools.client_secrets import HIDDEN, is_secret, without_links
from ..tools.who import agent_of

TEXTS = {"char", "text", "html"}
#: These hold texts, too: the history of a text, properties of a task, …
STRUCTURED = {"json", "properties", "properties_definition"}

#: True while a condition, an order or a group of an agent is made.
_blanking = ContextVar("strictbase_agent_guard_blanking", default=False)
#: Who does that now, in whatever thread: empty while only people ask, who pay nothing.
_now = set()


@contextmanager
def blanking(value):
    mark = object()
    token = _blanking.set(value)
    if value:
        _now.add(mark)
    try:
        yield
    finally:
        _now.discard(mark)
        _blanking.reset(token)


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_asks(self):
        """Whether an agent's call searches here, also through ``sudo``."""
        return agent_of(self.env) is not None

    @api.model
    def _search(self, domain, *args, **kwargs):
        if agent_of(self.env) is None:
            return super()._search(domain, *args, **kwargs)
        domain = self._agent_guard_seen(Domain(domain).optimize_full(self))
        with blanking(True):
            return super()._search(domain, *args, **kwargs)

    def _read_group(self, *args, **kwargs):
        if agent_of(self.env) is None:
            return super()._read_group(*args, **kwargs)
        with blanking(True):
            return super()._read_group(*args, **kwargs)

    def _read_grouping_sets(self, *args, **kwargs):
        if agent_of(self.env) is None:
            return super()._read_grouping_sets(*args, **kwargs)
        with blanking(True):
            return super()._read_grouping_sets(*args, **kwargs)

    def _fetch_query(self, query, fields):
        # Odoo's own code has the texts as they are; what is answered is blanked
        if not (_now and _blanking.get()):
            return super()._fetch_query(query, fields)
        with blanking(False):
            return super()._fetch_query(query, fields)

    def _post_model_setup__(self):
        res = super()._post_model_setup__()
        # The one place that conditions, orders, groups and aggregates all go through,
        # which no hook of a model does. Set at each setup of the models, so that fields
        # that come later, such as manual ones, have it, too; a field that another
        # database shares is asked there in vain. Only texts ask, as each column of each
        # query does.
        for field in self._fields.values():
            if field.type in TEXTS | STRUCTURED and field.store:
                field.to_sql = _to_sql(field)
        return res

    @api.model
    def _agent_guard_seen(self, domain):
        """The domain, with what the database would compare before it is blanked."""

        def seen(condition):
            field = self._fields.get(condition.field_expr)
            if field is None:
                return condition
            value = condition.value
            if field.relational and isinstance(value, Domain):
                comodel = self.env[field.comodel_name]
                inner = comodel._agent_guard_seen(value.optimize_full(comodel))
                return DomainCondition(field.name, condition.operator, inner)
            if field.type not in TEXTS:
                return condition
            if condition.operator in ("in", "not in") and _is_plain(value):
                # no text with a link equals one without: an index may be used
                return _custom(field, condition, False)
            if field.translate and field.index == "trigram":
                # without the index, which holds the texts as they are
                return _custom(field, condition, True)
            return condition

        return domain.map_conditions(seen)


def _to_sql(field):
    """How this field stands in a query: without tokens in what an agent asks."""
    plain = type(field).to_sql
    structured = field.type in STRUCTURED
    secret = is_secret(field.model_name, field.name)

    def to_sql(model, alias):
        sql = plain(field, model, alias)
        if not (_now and _blanking.get()):
            return sql
        if secret and not structured:
            # Odoo's own code asks with all rights, by a condition that an agent chose:
            # it is told whether there is a token, or that it has the whole of it
            return SQL("(CASE WHEN %s <> '' THEN %s END)", sql, HIDDEN)
        # a token ends before the quotes around it, so that what is left can be read
        return SQL(
            "(CASE WHEN %(text)s ~ %(mark)s "
            "THEN regexp_replace(%(text)s, %(link)s, %(hidden)s, 'g')%(back)s "
            "ELSE %(plain)s END)",
            plain=sql,
            text=SQL("(%s)::text", sql) if structured else sql,
            back=SQL("::jsonb") if structured else SQL(),
            mark="[/=%]",
            link=client_secrets.sql_pattern(),
            hidden=rf"\1\2\3{HIDDEN}",
        )

    return to_sql


def _custom(field, condition, blanked):
    name, operator, value = condition.field_expr, condition.operator, condition.value

    def to_sql(model, alias, query):
        if blanked:
            return Field.condition_to_sql(
                field, name, operator, value, model, alias, query
            )
        with blanking(False):
            return field.condition_to_sql(name, operator, value, model, alias, query)

    return Domain.custom(to_sql=to_sql)


def _is_plain(values):
    return all(
        not isinstance(value, str)
        or (HIDDEN not in value and without_links(value) == value)
        for value in values
    )
