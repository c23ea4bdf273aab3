#!/usr/bin/env python3
"""Lists the context keys that an Odoo knows: those that its code reads, and those that its views, actions and wizards
put into contexts. `scripts/context_keys.py /path/to/odoo` prints them, one a line; what is not yet in
src/context/odoo_keys.txt is to be judged there: a `-` before what switches a check or the trail off."""

import ast
import os
import re
import sys

SKIPPED = {"tests", "node_modules", "static", "upgrades"}
CONTEXTS = {"context", "ctx", "_context", "clean_context", "cleaned_context", "new_context"}
VIEWS = (
    r'context="([^"]*)"',
    r'<field name="context">([^<]*)<',
    r'name="context" eval="([^"]*)"',
)


def is_context(node):
    if isinstance(node, ast.Attribute):
        return node.attr in ("context", "_context")
    if isinstance(node, ast.Name):
        return node.id in CONTEXTS
    if isinstance(node, ast.BoolOp):
        return any(map(is_context, node.values))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "copy" and is_context(node.func.value)
    return isinstance(node, ast.Call) and bool(node.args) and is_context(node.args[0])


def texts(nodes):
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def of_code(tree):
    """Keys that a piece of Python reads or puts."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("get", "pop") and is_context(node.func.value):
                found |= texts(node.args[:1])
            elif node.func.attr == "with_context":
                found |= {keyword.arg for keyword in node.keywords if keyword.arg}
                inner = (part for argument in node.args for part in ast.walk(argument))
                found |= {key for part in inner if isinstance(part, ast.Dict) for key in texts(part.keys)}
            elif node.func.attr == "depends_context":
                found |= texts(node.args)
        elif isinstance(node, ast.Subscript) and is_context(node.value):
            found |= texts([node.slice])
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            found |= texts([node.left]) if is_context(node.comparators[0]) else set()
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(value, ast.Dict) and "context" in texts([key]):
                    found |= texts(value.keys)
    return found


def of_view(text):
    plain = text.replace("&quot;", '"').replace("&#39;", "'")
    contexts = (match for pattern in VIEWS for match in re.findall(pattern, plain))
    return {key for context in contexts for key in re.findall(r"""['"]([A-Za-z_][\w.]*)['"]\s*:""", context)}


def main(odoo):
    found = set()
    for directory, directories, files in os.walk(odoo):
        directories[:] = [name for name in directories if name not in SKIPPED and not name.startswith("test_")]
        for name in files:
            path = os.path.join(directory, name)
            if name.endswith(".py"):
                with open(path, encoding="utf-8") as file:
                    found |= of_code(ast.parse(file.read()))
            elif name.endswith(".xml"):
                with open(path, encoding="utf-8", errors="replace") as file:
                    found |= of_view(file.read())
    print("\n".join(sorted(found)))


if __name__ == "__main__":
    main(sys.argv[1])
