#!/usr/bin/env python3
"""Asks the embedded Odoo and a real one the same, and says where their answers differ.

    compare_sandbox.py URL DATABASE ADMIN_KEY BINARY [--only MODEL[.METHOD]] [--messages]

The requests are made from what the embedded Odoo knows: its models, their fields, its methods. Each is sent to both,
with the ids that stand for the same on either side. What differs in status, in the name of the error or in the shape of
the answer is a fault of the stand-in, or stands in EXPECTED with its reason. It writes into the database that it is
given: a throwaway one. Run by live.sh.
"""

import argparse
import collections
import http.client
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zlib

NOWHERE = 99999999

# Values that a field of the type does not take, as `WRONG` has them.
GARBAGE = (
    r"^(many2one \w+ (True|1\.5|'x'|'1'|\[1, 'x'\]|\{'id': 1\})"
    r"|(one2many|many2many) \w+ ('x'|1|\[\['x'\]\]|\[\[9, 0, 0\]\])"
    r"|(char|text|html) \w+ (1|True|\['x'\]|\{'a': 1\})"
    r"|(integer|float|monetary) \w+ ('x'|True|\[1\]|2147483648|'7'|'1\.5')"
    r"|(date|datetime) \w+ ('2026-02-30'|'x'|'01/02/2026'|1|True|'2026-01-02T03:04:05Z')"
    r"|selection \w+ ('nope'|1|True|\['x'\]|''))"
)

# (model, method, what, reason): patterns of differences that are meant.
EXPECTED = [
    (".*", ".*", r"^(ids|ids_with_name|odd)[ :].*(psycopg2|Invalid|TypeError|ValueError|200|rows)", "ids that are no integers: PostgreSQL complains of them one way or another, and no caller means them"),
    (".*", "read_group", "^recordset_of_", "the deprecated method prints the records that it finds as Python shows them"),
    (".*", "name_search", r"^operator '(not )?any!'", "an operator that Odoo keeps to itself"),
    (".*", "create|write|web_save|web_save_multi|copy|load|name_create", GARBAGE, "a value of a type that the field does not take: which code of Odoo's stumbles over it first differs from model to model"),
    (".*", "read", "^back " + GARBAGE[1:], "what such a value left behind"),
    (".*", "create|write|web_save", r"^(vals|no_ids) ('x'|None|1|\[1\]|\['x'\])", "values that are no dictionary: the same"),
    (".*", "default_get", r"^(all|default_\w+|context)[ :]", "what Odoo works out for a new record stands here in its defaults, or is filled in when it is made"),
    (".*", "name_create", r"^name (None|False|1|''):", "no name: what is left of it differs from model to model"),
    (".*", "create|write", r"^(many2many|one2many) message_\w+ ", "followers and messages are written through the chatter's methods here"),
    ("hr.department", ".*", "NotImplementedError", "its name in the tree is searched by an override that knows few operators"),
    ("hr.employee", "action_archive|action_unarchive|toggle_active|copy|name_create", ".", "employees are versions and resources in Odoo"),
    ("res.users.apikeys", ".*", "403|has_access|offset", "keys are made and looked at in a wizard"),
    ("res.company", "has_access", "^missing", "the companies of a user are known without a look at them"),
    ("project.task", "copy|write", r"^(unknown|many2one stage_id)", "an override of the model's meets the value first"),
    (".*", "create|write", r"^(many2many|one2many) \w+ .*99999999", "which of the two finds first that a linked record is gone"),
    (".*", "read_group", "^by_date_hour", "a date has no hour; the deprecated method stumbles"),
    (".*", "name_search", r"^name (1|True|None|False|\['x'\]):", "a name that is no text"),
    ("account.analytic.account", "create|name_create|write|copy|unlink|web_save|.*archive|toggle_active", ".", "an analytic account has a plan, which the stand-in does not know"),
    (".*", "fields_get", "balance.aggregator|line_ids.relation_field|product_tag_ids.store", "where Odoo keeps it"),
    (".*", ".*", "^setup:", "a record of one's own needs more than its required fields say: compared where it is read"),
    ("account.move.line|mail.activity|ir.actions.server|discuss.channel.rtc.session|res.country.state", "create|name_create", ".", "the same"),
    (".*", "fields_get", "allow_hierachy|searchable|aggregator|readonly|required|fields: adds", "an attribute that depends on what else is installed"),
    ("sale.order.line", "write|read", "create_uid", "who made it decides who may see it"),
    (".*", "web_read|web_search_read", "^not_a_dictionary", "which code stumbles first over what is no dictionary"),
    ("account.move.send.wizard|mail.compose.message", ".*", ".", "a wizard's fields are computed from the record that it stands for"),
    ("mail.message|mail.followers", "unlink|load|name_create", ".", "rights of the thread that they belong to"),
    ("discuss.channel", "activity_schedule|has_access", ".", "channels have no activities in Odoo"),
    ("ir.attachment", "search_count|search_read", "-1", "attachments are found page by page"),
    (".*", "web_save", "^missing", "an override of the model's looks at the record"),
    (".*", "copy", "^fresh: 422 .* \\| 200", "a copy that an override refuses"),
    (".*", "load", r'^load .*"messages"', "which column a message is about"),
    ("account.analytic.account", "web_read", "^missing", "an override of the model's looks at the record"),
    ("res.country.state|product.tag", "load|name_create", ".", "its code or name has a default here or must be unique there"),
    (".*", "message_(un)?subscribe|message_post", "^(missing|unknown_argument)", "the rights of the thread are asked in another order on some models"),
    (".*", "fields_get", "company_dependent|default_export_compatible|(full_name|currency_id|pricing_type|display_name).readonly|department_id.allow", "how a form or an export treats a field"),
    (".*", ".*", r"^(many2one|many2many|one2many|char) \w+ (child_of|parent_of) (True|0|False):", "a tree above or below what is no record"),
    (".*", "(search_)?read", r"^fields \[1\]", "a name that is no text"),
    (".*", "web_save", r"^vals \{'nope': 1\}", "an override of the model's meets the name first"),
    (".*", "activity_schedule", "^(missing|unknown_argument)", "Odoo asks for the right to the record's activities first"),
    (".*", "fields_get", ": related ", "where Odoo keeps what belongs to another record of its own"),
    (".*", "fields_get", "digits|min_display_digits|falsy_value_label|sanitize|strip_|: size |model_field|currency_field|: trim |: attachment ", "how a form shows or cleans a field"),
]  # fmt: skip

# Models whose records decide how the whole server works: nothing is written into them.
NOT_WRITTEN = {
    "ir.cron", "ir.model", "ir.model.data", "ir.module.module", "ir.rule", "res.company", "res.country", "res.currency",
    "res.groups", "res.lang",
}  # fmt: skip

# What a record cannot do without, beside its name.
NEEDED = {
    "res.country.state": {"country_id": "res.country"},
}

# The same on Odoo's side alone: the stand-in has no such field.
NEEDED_BY_ODOO = {
    "account.analytic.account": {"plan_id": "account.analytic.plan"},
}


class Side:
    """One of the two, and what stands on it for the ids in a request."""

    def __init__(self, url, database, key):
        self.address = urllib.parse.urlsplit(url)
        self.headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {key}",
            "X-Odoo-Database": database,
        }
        self.connection = None
        self.first = {}
        self.fresh = {}
        self.asked = 0

    def send(self, path, body):
        self.asked += 1
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=120)
            try:
                self.connection.request("POST", path, json.dumps(body), self.headers)
                reply = self.connection.getresponse()
                text = reply.read()
                break
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt == 2:
                    raise
        try:
            return reply.status, json.loads(text)
        except ValueError:
            return reply.status, "not JSON"

    def call(self, model, method, body):
        return self.send(f"/json/2/{model}/{method}", body)

    def ok(self, model, method, body):
        status, value = self.call(model, method, body)
        if status != 200:
            raise RuntimeError(f"{model}/{method} {body}: {status} {value.get('message', value)}")
        return value

    def some(self, model):
        """The record that stands for any of a model: the one with the lowest id."""
        if model not in self.first:
            status, ids = self.call(model, "search", {"domain": [], "order": "id", "limit": 1})
            self.first[model] = ids[0] if status == 200 and ids else None
        return self.first[model]


ABSENT = object()


class Ref:
    """Stands in a request for the id of a record, which differs from side to side."""

    def __init__(self, find):
        self.find = find

    def __repr__(self):
        return "ID"


def filled(value, side):
    if isinstance(value, Ref):
        return value.find(side)
    if isinstance(value, dict):
        pairs = ((key, filled(item, side)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not ABSENT}
    if isinstance(value, list):
        return [filled(item, side) for item in value]
    return value


def has_none(value, side):
    """Whether a request is about a record that one side does not have."""
    if isinstance(value, Ref):
        return value.find(side) is None
    if isinstance(value, (dict, list)):
        return any(has_none(item, side) for item in (value.values() if isinstance(value, dict) else value))
    return False


def some(model):
    return Ref(lambda side: side.some(model))


def shape(value, depth=0):
    """Types and keys; what may be unset is of one kind with what is not."""
    if isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], (int, str)) and (isinstance(value[1], str) or value[1] is False):
            return "unset"
        return [shape(value[0], depth + 1)] if value else []
    if isinstance(value, dict):
        # Ids as keys differ from side to side.
        return {"ID" if key.isdigit() else key: shape(item, depth + 1) for key, item in sorted(value.items())}
    if value is None:
        return "null"
    if isinstance(value, bool):
        # At the top it is the answer itself.
        return "bool" if depth == 0 else "unset"
    if isinstance(value, str):
        return "unset" if depth else "str"
    return "float" if isinstance(value, float) else "int"


def agree(one, other):
    """Whether two shapes can be of one kind: an empty list is of any, what is unset is of any scalar."""
    if isinstance(one, list) and isinstance(other, list):
        return not one or not other or agree(one[0], other[0])
    if "unset" in (one, other) and isinstance(one, list) != isinstance(other, list):
        # Two texts in a list look like a period with its label.
        longer = one if isinstance(one, list) else other
        return not longer or isinstance(longer[0], str)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
    if {one, other} & {"unset", "null"} if isinstance(one, str) and isinstance(other, str) else "unset" in (one, other):
        return not isinstance(one, list) and not isinstance(other, list)
    return one == other


def difference(real, ours, named, exact):
    """What differs, or nothing. Where no fields were named, each has its own; where ids were, each has a row."""
    (status, said), (our_status, our_said) = real, ours
    if status != our_status:
        return f"{status} {name_of(said) if status >= 400 else ''} | {our_status} {name_of(our_said) if our_status >= 400 else ''}"
    if status >= 400:
        if name_of(said) != name_of(our_said):
            return f"{status} {name_of(said)} | {name_of(our_said)}"
        return None
    if exact and isinstance(said, list) and isinstance(our_said, list) and len(said) != len(our_said):
        return f"{len(said)} rows | {len(our_said)} rows"
    one, other = shape(said), shape(our_said)
    if not named or agree(one, other):
        return None
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() != other.keys():
        lacks, adds = sorted(one.keys() - other.keys()), sorted(other.keys() - one.keys())
        return f"lacks {lacks} adds {adds}"
    return f"{json.dumps(one)[:160]} | {json.dumps(other)[:160]}"


def name_of(said):
    return said.get("name", "?") if isinstance(said, dict) else "?"


def message(said):
    return said.get("message", "") if isinstance(said, dict) else ""


WRONG = {
    "char": [1, True, ["x"], {"a": 1}],
    "text": [1, True, ["x"]],
    "html": [1, True, "<p>x</p>", "x"],
    "integer": ["x", "7", 1.5, True, None, [1], 2**31, -1],
    "float": ["x", "1.5", True, None, [1], 1],
    "monetary": ["x", "1.5", True, None, [1], 1],
    "boolean": ["x", 0, 1, None, "false", []],
    "date": ["2026-02-30", "2026-01-02", "2026-01-02 03:04:05", "x", "01/02/2026", 1, True, None, ""],
    "datetime": ["2026-02-30", "2026-01-02", "2026-01-02 03:04:05", "2026-01-02T03:04:05Z", "x", 1, True, None],
    "selection": ["nope", 1, True, None, "", ["x"]],
    "many2one": [NOWHERE, "x", "1", [1, "x"], True, None, 1.5, {"id": 1}],
    "one2many": ["x", 1, [[9, 0, 0]], [[4, NOWHERE]], [["x"]], [[2, NOWHERE, 0]], [[1, NOWHERE, {}]], None],
    "many2many": ["x", 1, [[9, 0, 0]], [[4, NOWHERE]], [["x"]], [[6, 0, []]], [[5]], [NOWHERE], None],
    "binary": ["eA==", "x", 1, None],
    "many2one_reference": ["x", 1, None],
}

OPERATORS = [
    "=", "!=", "<>", "==", "<", ">", "<=", ">=", "=?", "in", "not in", "like", "not like", "ilike", "not ilike", "=like",
    "=ilike", "child_of", "parent_of", "any", "not any", "any!", "IN", "nope", None,
]  # fmt: skip
AGAINST = [
    False, True, None, 0, 1, 1.5, "", "x", "2026-01-02", "2026-01-02 03:04:05", "today -1d", [], [1], ["x"], [False],
    [["id", "=", 1]], [1, "x"], {"a": 1},
]  # fmt: skip
AGGREGATES = [
    "sum", "avg", "min", "max", "count", "count_distinct", "bool_and", "bool_or", "array_agg", "array_agg_distinct",
    "recordset", "sum_currency", "nope", "",
]  # fmt: skip
GRAINS = ["", "day", "month", "quarter", "hour", "month_number", "day_of_week", "nope"]


class Comparison:
    def __init__(self, real, ours, options):
        self.real, self.ours, self.options = real, ours, options
        self.differing = collections.defaultdict(list)
        self.expected = collections.Counter()
        self.used = set()
        self.asked = 0
        self.of_method = collections.Counter()
        self.fields = {}
        self.defaults = {}

    def ask(self, model, method, what, body):
        """The same request to both. `what` says in a few words what it is about; those that differ alike are told once."""
        real = self.real.call(model, method, filled(body, self.real))
        ours = self.ours.call(model, method, filled(body, self.ours))
        self.asked += 1
        self.of_method[f"{model}.{method}"] += 1
        found = difference(real, ours, named=what not in ("nothing", "of_fields"), exact=method in ("read", "web_read"))
        if found is None and self.options.messages and real[0] >= 400:
            if plain(message(real[1])) != plain(message(ours[1])):
                found = f"message: {message(real[1])[:300]!r} | {message(ours[1])[:300]!r}"
        if found is not None:
            self.record(model, method, what, body, found, (real, ours))
        return real, ours

    def run(self, model, method, requests):
        """Asks them all, or as many as one method may have, by a rule that chooses the same every time."""
        def place(request):
            return zlib.crc32(f"{model} {method} {request[0]}".encode())

        most = sorted(map(place, requests))[: self.options.each]
        for what, body in requests:
            if any(has_none(body, side) for side in (self.real, self.ours)):
                continue
            if most and place((what, body)) <= most[-1]:
                answers = self.ask(model, method, what, body)
                if method == "write" and 200 in (answers[0][0], answers[1][0]) and body.get("vals"):
                    names = [name for name in body["vals"] if name in self.fields]
                    self.ask(model, "read", f"back {what}", {"ids": body["ids"], "fields": names})

    def may_create(self, model):
        return all(side.ok(model, "has_access", {"operation": "create"}) for side in (self.real, self.ours))

    def record(self, model, method, what, body, found, answers):
        for index, (on_model, on_method, pattern, _reason) in enumerate(EXPECTED):
            if re.fullmatch(on_model, model) and re.fullmatch(on_method, method) and re.search(pattern, f"{what}: {found}"):
                self.expected[index] += 1
                if self.options.expected:
                    print(f"expected by {index}: {model}.{method}: {what}: {found}", flush=True)
                return
        self.differing[(model, method, what.split(" ")[0], found)].append((what, body, answers))


def plain(text):
    return re.sub(r"\d+", "N", text)


def reads(comparison, model, fields, method, ask):
    names = [name for name in fields if name not in ("id",)]
    first = some(model)
    if method == "fields_get":
        ask("everything", {"allfields": names, "attributes": ["type"]})
        ask("unknown", {"allfields": ["nope"]})
        ask("attributes", {"allfields": names[:3], "attributes": ["nope", "string"]})
        (status, real), (_, ours) = comparison.ask(model, method, "of_fields", {"allfields": names})
        for name in names:
            for attribute in sorted(set(real[name]) | set(ours.get(name, {}))):
                one, other = real[name].get(attribute, "absent"), ours.get(name, {}).get(attribute, "absent")
                if attribute in ("string", "help", "depends", "domain", "context", "change_default", "groups", "selection"):
                    continue
                if one != other:
                    comparison.record(
                        model, method, f"attribute {name}.{attribute}", {}, f"{attribute} {one} | {other}", None
                    )
        return
    if method == "default_get":
        ask("all", {"fields": names})
        ask("none", {"fields": []})
        ask("unknown", {"fields": ["nope", "name"]})
        for name in names:
            ask(f"default_{fields[name]['type']} {name}", {"fields": [name]})
            ask(f"context {name}", {"fields": [name], "context": {f"default_{name}": False}})
        return
    if method in ("search", "search_count", "search_read"):
        bare = {} if method != "search_read" else {"fields": ["id"]}
        ask("nothing", {})
        ask("all", {"domain": [], **bare})
        ask("positional", {"domain": [], "nope": 1})
        for limit in (0, 1, -1, "1", "x", 1.5, True, None, [1]):
            ask(f"limit {limit!r}", {"domain": [], "limit": limit, **bare})
            if method != "search_count":
                ask(f"offset {limit!r}", {"domain": [], "offset": limit, **bare})
        for domain in (
            "x", 1, True, False, None, {}, ["x"], [1], [[]], [["id"]], [["id", "="]], ["&"], ["|", ["id", "=", 1]],
            ["!", ["id", "=", 1]], [[1, "=", 1]], [[0, "=", 1]], [[["id", "=", 1]]], [["id", "=", 1, 2]], ["id", "=", 1],
            ["AND", ["id", "=", 1], ["id", "=", 2]], [["nope", "=", 1]], [["id.nope", "=", 1]], [[True, "=", 1]], [["", "=", 1]],
            [["create_uid.login", "=", "x"]], [["create_uid.nope", "=", "x"]], [["create_date.month_number", "=", 1]],
            [["create_date.nope", "=", 1]], [["create_uid", "any", [["login", "=", "x"]]]], [["create_uid", "any", 1]],
        ):  # fmt: skip
            ask(f"domain {domain!r}", {"domain": domain, **bare})
        if method == "search_count":
            return
        if method == "search_read":
            rows_of(ask, model, names, {"domain": [], "limit": 2})
            return
        for order in ("nope", "id", "id desc", "id DESC, write_date", "id nope", "id desc nulls last", "", "id,", ",id", "id.x", "id; drop"):
            ask(f"order {order!r}", {"domain": [], "order": order, "limit": 2})
        for name in names:
            kind = fields[name]["type"]
            ask(f"order_by_{kind} {name}", {"domain": [], "order": name, "limit": 2})
            for operator in OPERATORS:
                for value in AGAINST:
                    ask(f"{kind} {name} {operator} {value!r}", {"domain": [[name, operator, value]], "limit": 2})
        return
    if method == "read":
        for ids in ([], [NOWHERE], None, "x", 1, True, [True], ["x"], [1.0], [None], [[1]]):
            ask(f"ids {ids!r}", {"ids": ids, "fields": ["id"]})
            ask(f"ids_with_name {ids!r}", {"ids": ids, "fields": ["display_name"]})
        ask("some_missing", {"ids": [first, NOWHERE], "fields": ["id", "display_name"]})
        ask("some_missing_id", {"ids": [first, NOWHERE], "fields": ["id"]})
        ask("twice", {"ids": [first, first], "fields": ["id"]})
        rows_of(ask, model, names, {"ids": [first]})
        return
    if method == "name_search":
        ask("nothing", {})
        for name in ("", "a", "zzzznope", 1, None, False, True, ["x"]):
            ask(f"name {name!r}", {"name": name, "limit": 3})
        for operator in OPERATORS:
            ask(f"operator {operator!r}", {"name": "a", "operator": operator, "limit": 3})
        for limit in (0, 1, -1, "x", None):
            ask(f"limit {limit!r}", {"name": "", "limit": limit})
        ask("domain", {"name": "", "domain": [["nope", "=", 1]]})
        ask("domain_not_a_list", {"name": "", "domain": "x"})
        return
    if method in ("formatted_read_group", "read_group"):
        groups(ask, fields, method)
        return
    if method in ("web_read", "web_search_read"):
        start = {"ids": [first]} if method == "web_read" else {"domain": [], "limit": 2}
        ask("nothing", {})
        ask("empty", {**start, "specification": {}})
        ask("unknown", {**start, "specification": {"nope": {}}})
        ask("not_a_dictionary", {**start, "specification": ["name"]})
        for name in names:
            ask(f"of_{fields[name]['type']} {name}", {**start, "specification": {name: {}}})
            if fields[name].get("relation"):
                inner = {"fields": {"display_name": {}}}
                ask(f"inside_{fields[name]['type']} {name}", {**start, "specification": {name: inner}})
                ask(f"inside_nothing {name}", {**start, "specification": {name: {"fields": {}}}})
        if method == "web_read":
            ask("missing", {"ids": [NOWHERE], "specification": {"display_name": {}}})
            ask("missing_id", {"ids": [NOWHERE], "specification": {}})
        return
    if method in ("has_access", "check_access_rights"):
        for operation in ("read", "write", "create", "unlink", "nope", None, 1):
            ask(f"operation {operation!r}", {"operation": operation})
            ask(f"on_one {operation!r}", {"ids": [first], "operation": operation})
        ask("missing", {"ids": [NOWHERE], "operation": "read"})
        ask("nothing", {})
        return
    if method in ("get_metadata", "get_external_id"):
        for ids in ([], [first], [NOWHERE], [first, NOWHERE], "x", None):
            ask(f"ids {ids!r}", {"ids": ids})
        return


def rows_of(ask, model, names, start):
    ask("every_field", {**start, "fields": names})
    ask("no_fields_said", {**start, "fields": ["id"]})
    for fields in (["nope"], "name", 1, True, None, [1], [""], ["id", "id"], {"name": 1}):
        if fields is not None:
            ask(f"fields {fields!r}", {**start, "fields": fields})
    for name in names:
        ask(f"field {name}", {**start, "fields": [name]})
    for load in (None, "", "_classic_write", False, 1):
        ask(f"load {load!r}", {**start, "fields": names[:6] + ["create_uid"], "load": load})


def groups(ask, fields, method):
    measures = "aggregates" if method == "formatted_read_group" else "fields"
    ask("nothing", {})
    ask("count", {"domain": [], "groupby": [], measures: ["__count"]})
    for by in ("nope", ["nope"], [1], 1, None, [], ["create_uid", "create_uid"], ["create_uid.login"], ["create_uid.nope"], ["id"],
               ["create_date"], ["create_date:month", "create_uid"]):  # fmt: skip
        ask(f"by {by!r}", {"domain": [], "groupby": by, measures: ["__count"], "limit": 3})
    if method == "read_group":
        ask("lazy", {"domain": [], "groupby": ["create_uid", "create_date:month"], "fields": ["id"], "lazy": True})
        ask("not_lazy", {"domain": [], "groupby": ["create_uid", "create_date:month"], "fields": ["id"], "lazy": False})
        ask("no_fields", {"domain": [], "groupby": ["create_uid"], "fields": []})
    for order in ("nope", "__count", "__count desc", "create_uid", "create_uid desc", "id:sum", "id:nope", "id", ""):
        ask(f"order {order!r}", {"domain": [], "groupby": ["create_uid"], measures: ["__count"], "order": order})
    for having in ([["__count", ">", 0]], [["id:sum", ">", 0]], ["x"], [["nope", ">", 0]], [["__count", "nope", 0]], "x", 1,
                   [["__count", ">"]]):  # fmt: skip
        if method == "formatted_read_group":
            ask(f"having {having!r}", {"domain": [], "groupby": ["create_uid"], "aggregates": ["__count"], "having": having})
    for limit in (0, 1, -1, "x", None):
        ask(f"limit {limit!r}", {"domain": [], "groupby": ["create_uid"], measures: ["__count"], "limit": limit})
        ask(f"offset {limit!r}", {"domain": [], "groupby": ["create_uid"], measures: ["__count"], "offset": limit})
    for name, about in fields.items():
        kind = about["type"]
        for grain in GRAINS if kind in ("date", "datetime") else ["", "month"]:
            spec = f"{name}:{grain}" if grain else name
            ask(f"by_{kind}_{grain} {name}", {"domain": [], "groupby": [spec], measures: ["__count"], "limit": 3})
        for function in AGGREGATES:
            spec = f"{name}:{function}" if function else name
            ask(f"{function}_of_{kind} {name}", {"domain": [], "groupby": ["create_uid"], measures: [spec], "limit": 3})
        ask(f"total_{kind} {name}", {"domain": [["id", "=", 0]], "groupby": [], measures: [f"{name}:count"]})


def valid(comparison, model, name, about):
    """A value that the field takes on both sides, or None."""
    kind = about["type"]
    if kind == "selection":
        return about["selection"][0][0] if about["selection"] else None
    if kind == "many2one":
        return some(about["relation"])
    return {
        "char": f"Compared {next(counter)}", "text": "Compared", "html": "<p>Compared</p>", "integer": 3, "float": 2.5, "monetary": 2.5,
        "boolean": True, "date": "2026-01-02", "datetime": "2026-01-02 03:04:05", "binary": "eA==",
    }.get(kind)  # fmt: skip


# Names of this run alone: a database may be asked twice.
counter = itertools.count(int(time.time() * 100))


def minimal(comparison, model, fields):
    vals = {}
    for name, about in fields.items():
        if about.get("required") and about.get("store") and not about.get("readonly") and name not in comparison.defaults[model]:
            vals[name] = valid(comparison, model, name, about)
    for name, needed in NEEDED.get(model, {}).items():
        vals[name] = some(needed) if "." in str(needed) else needed
    for name, needed in NEEDED_BY_ODOO.get(model, {}).items():
        vals[name] = Ref(lambda side, needed=needed: side.some(needed) if side is comparison.real else ABSENT)
    if "name" in fields and not fields["name"]["readonly"]:
        vals["name"] = f"Compared {next(counter)}"
    if model == "res.users":
        vals = {"name": vals["name"], "login": f"compared{next(counter)}@example.com"}
    return vals


def fresh(comparison, model, fields):
    """A record of one's own on both sides, made when it is first asked for."""
    vals = minimal(comparison, model, fields)
    ids = {}

    def find(side):
        if id(side) not in ids:
            ids[id(side)] = side.ok(model, "create", {"vals_list": [filled(vals, side)]})[0]
        return ids[id(side)]

    return Ref(find)


def writes(comparison, model, fields, method, ask):
    written = {name: about for name, about in fields.items() if name not in ("id", "display_name")}
    if method == "create":
        for vals in (None, {}, [], "x", 1, [{}], ["x"], [1], {"nope": 1}, [{"nope": 1}], [{"id": 5}]):
            ask(f"vals {vals!r}", {"vals_list": vals})
        ask("with_ids", {"ids": [1], "vals_list": [{}]})
        ask("nothing", {})
        base = minimal(comparison, model, fields)
        for name, about in written.items():
            for value in WRONG.get(about["type"], []) + [False]:
                vals = dict(minimal(comparison, model, fields))
                vals[name] = value
                ask(f"{about['type']} {name} {value!r}", {"vals_list": [vals]})
        for name in base:
            vals = dict(minimal(comparison, model, fields))
            del vals[name]
            ask(f"without {name}", {"vals_list": [vals]})
        return
    if method in ("write", "web_save"):
        more = {"specification": {"display_name": {}}} if method == "web_save" else {}
        ask("nothing", {})
        for vals in ({}, None, "x", [1], {"nope": 1}, {"id": 5}, {"display_name": "x"}, {"create_uid": 1}):
            ask(f"vals {vals!r}", {"ids": [fresh(comparison, model, fields)], "vals": vals, **more})
            if method == "write":
                ask(f"no_ids {vals!r}", {"ids": [], "vals": vals})
        ask("missing", {"ids": [NOWHERE], "vals": {"active": True} if "active" in fields else {"create_uid": 1}, **more})
        if method == "web_save":
            return
        mine = fresh(comparison, model, fields)
        for name, about in written.items():
            good = valid(comparison, model, name, about)
            for value in ([good] if good is not None else []) + WRONG.get(about["type"], []) + [False]:
                ask(f"{about['type']} {name} {value!r}", {"ids": [mine], "vals": {name: value}})
        return
    if method == "unlink":
        ask("nothing", {})
        ask("missing", {"ids": [NOWHERE]})
        mine = fresh(comparison, model, fields)
        ask("fresh", {"ids": [mine]})
        ask("again", {"ids": [mine]})
        ask("some_missing", {"ids": [fresh(comparison, model, fields), NOWHERE]})
        ask("odd", {"ids": "x"})
        return
    if method == "copy":
        ask("nothing", {})
        ask("missing", {"ids": [NOWHERE]})
        mine = fresh(comparison, model, fields)
        ask("fresh", {"ids": [mine]})
        ask("unknown", {"ids": [mine], "default": {"nope": 1}})
        ask("odd", {"ids": [mine], "default": "x"})
        return
    if method == "name_create":
        ask("nothing", {})
        for name in ("Compared by name", "", None, False, 1):
            ask(f"name {name!r}", {"name": f"{name} {next(counter)}" if isinstance(name, str) and name else name})
        return
    if method in ("action_archive", "action_unarchive", "toggle_active"):
        ask("nothing", {})
        ask("missing", {"ids": [NOWHERE]})
        mine = fresh(comparison, model, fields)
        ask("fresh", {"ids": [mine]})
        ask("again", {"ids": [mine]})
        return
    if method in ("load",):
        loads(ask)
        return
    # The rest: nothing said, a record that is not there, one of one's own.
    ask("nothing", {})
    ask("missing", {"ids": [NOWHERE]})
    ask("unknown_argument", {"ids": [NOWHERE], "nope": 1})


def loads(ask):
    for fields, data in (
        ([], []), (["name"], []), (["name"], [["Compared by load"]]), (["nope"], [["x"]]), (["name", "nope"], [["x", "y"]]),
        ("name", [["x"]]), (["name"], "x"), (["id", "name"], [["compare.x", "Compared with an id"]]), ([".id", "name"], [["x", "y"]]),
    ):  # fmt: skip
        ask(f"load {fields!r} {data!r}", {"fields": fields, "data": data})


READING = {
    "fields_get", "default_get", "search", "search_count", "search_read", "read", "name_search", "formatted_read_group",
    "read_group", "web_read", "web_search_read", "has_access", "check_access_rights", "get_metadata", "get_external_id",
}  # fmt: skip


def compare(comparison, models, only):
    for model in models:
        if only and not only.startswith(model["model"]):
            continue
        name = model["model"]
        if only and only not in (name,) and not only.startswith(name + "."):
            continue
        status, real = comparison.real.call(name, "fields_get", {})
        if status != 200:
            comparison.record(name, "fields_get", "model", {}, f"{status} {name_of(real)} | 200", None)
            continue
        ours = comparison.ours.ok(name, "fields_get", {})
        missing = sorted(ours.keys() - real.keys())
        if missing:
            comparison.record(name, "fields_get", "fields", {}, f"adds {missing}", None)
        fields = {field: real[field] for field in ours if field in real}
        status, given = comparison.real.call(name, "default_get", {"fields": list(fields)})
        comparison.defaults[name] = given if status == 200 else {}
        for method in model["methods"]:
            if only and only != name and only != f"{name}.{method}":
                continue
            try:
                requests = []
                ask = lambda what, body: requests.append((what, body))  # noqa: E731
                if method in READING:
                    reads(comparison, name, fields, method, ask)
                elif name not in NOT_WRITTEN and (method == "create" or comparison.may_create(name)):
                    writes(comparison, name, fields, method, ask)
                comparison.fields = fields
                comparison.run(name, method, requests)
            except RuntimeError as problem:
                comparison.record(name, method, "setup", {}, str(problem)[:300], None)
        tell(comparison, name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("database")
    parser.add_argument("key")
    parser.add_argument("binary")
    parser.add_argument("--only", default="")
    parser.add_argument("--messages", action="store_true", help="compare the messages of errors too")
    parser.add_argument("--expected", action="store_true", help="tell the differences that are meant too")
    parser.add_argument("--verbose", action="store_true", help="show a request and both answers of each difference")
    parser.add_argument("--each", type=int, default=300, help="requests for one method of one model, at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": os.environ.get("PATH", "")}
        served = subprocess.Popen([options.binary, "sandbox", "serve"], stdout=subprocess.PIPE, env=environment)
        try:
            place = json.loads(served.stdout.readline())
            real = Side(options.url, options.database, options.key)
            ours = Side(place["base_url"], place["database"], place["keys"]["admin"])
            comparison = Comparison(real, ours, options)
            models = document(ours, place["keys"]["admin"])
            compare(comparison, models, options.only)
        finally:
            served.terminate()
            served.wait()
    report(comparison)


def document(side, key):
    connection = http.client.HTTPConnection(side.address.hostname, side.address.port, timeout=60)
    connection.request("GET", "/doc-bearer/index.json", headers={"Authorization": f"Bearer {key}"})
    return json.loads(connection.getresponse().read())["models"]


def tell(comparison, of_model):
    for (model, method, what, found), cases in sorted(comparison.differing.items(), key=lambda each: each[0]):
        if model != of_model:
            continue
        first, body, answers = cases[0]
        print(f"{model}.{method}: {what}: {found}   ({len(cases)}: {first})", flush=True)
        if comparison.options.verbose and answers:
            print("      ", body)
            for side, (status, said) in zip(("Odoo", "ours"), answers):
                print("      ", side, json.dumps(said)[:300] if status < 400 else message(said)[:300])


def report(comparison):
    print(f"{comparison.asked} requests to each, {len(comparison.of_method)} methods of models, "
          f"{len(comparison.differing)} kinds of difference, {sum(comparison.expected.values())} expected")  # fmt: skip
    for index, (model, method, pattern, reason) in enumerate(EXPECTED):
        if comparison.expected[index]:
            print(f"expected {comparison.expected[index]}: {model}.{method} {pattern}: {reason}")
    sys.exit(1 if comparison.differing else 0)


if __name__ == "__main__":
    main()
