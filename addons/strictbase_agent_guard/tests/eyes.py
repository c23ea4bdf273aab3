# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""What people outside would read of a word: with the eyes of visitors and portal users,
and of pages that read for them with all rights.
"""

#: Where words are shown to people outside, and by which fields.
SHOWN = {
    "mail.message": ("body", "subject"),
    "ir.attachment": ("name", "index_content"),
}
PORTAL_USERS = 3


def seen_outside(env, word):
    """(whose eyes, model, ids) of what has this word and somebody outside sees."""
    users = env.ref("base.public_user")
    users |= env["res.users"].search(
        [("share", "=", True), ("id", "!=", users.id)],
        order="id desc",
        limit=PORTAL_USERS,
    )
    guard = env["strictbase.agent.guard"]
    pages = {
        name: [
            word
            for word in sorted(env[name]._agent_guard_site_words())
            if env[name]._fields[word].type != "binary"
        ]
        for name in guard._models_open_to("base.group_public")
        if name in env and env[name]._agent_guard_site_role()
    }
    found = []
    for user in users:
        for models, eyes in ((SHOWN, (False, True)), (pages, (False,))):
            for name, fields in models.items():
                for field in fields:
                    for su in eyes:
                        model = env[name].with_user(user).sudo(su)
                        if not su and not _can_read(model, field):
                            continue
                        rows = model.search([(field, "like", word)])
                        if su:
                            # a conversation or page of theirs, by a link or a guest
                            rows = rows.filtered(lambda row: _is_for_pages(row))
                        if rows:
                            found.append((user.login, name, rows.ids))
    return found


def _can_read(model, field):
    return model.has_access("read") and model._has_field_access(
        model._fields[field], "read"
    )


def _is_for_pages(row):
    return row._name != "mail.message" or row._agent_guard_is_shown()
