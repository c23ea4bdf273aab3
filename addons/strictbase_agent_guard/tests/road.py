# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The words in which a road is written down: one entry, and the calls on it."""

from base64 import b64encode
from collections import namedtuple

Call = namedtuple("Call", "endpoint ids kwargs")
Road = namedtuple("Road", "area title calls needs queues wide carries given hidden")


def call(endpoint, ids=None, /, **kwargs):
    return Call(endpoint, ids, kwargs)


def road(
    area,
    title,
    *calls,
    needs=(),
    queues=(),
    wide=False,
    carries="",
    given="",
    hidden=False,
):
    needs = (needs,) if isinstance(needs, str) else tuple(needs)
    queues = (queues,) if isinstance(queues, str) else tuple(queues)
    return Road(area, title, calls, needs, queues, wide, carries, given, hidden)


WORDS = "agent-words-42"
FILE = b64encode(WORDS.encode()).decode()
COMMENT = "mail.mt_comment"
NOTE = "mail.mt_note"


def post(record="@file", model="res.partner", /, **kwargs):
    return call(f"{model}/message_post", record, **{"body": "Hello", **kwargs})


def create(model, /, **values):
    return call(f"{model}/create", vals_list=[values])


def write(model, record, /, **values):
    return call(f"{model}/write", record, vals=values)


def compose(action="action_send_mail", context=None, **values):
    return (
        call(
            "mail.compose.message/create",
            vals_list=[
                {
                    "model": "res.partner",
                    "res_ids": "[@{file}]",
                    "subject": "Hello",
                    "body": "Hello",
                    **values,
                }
            ],
            **({"context": context} if context else {}),
        ),
        call(f"mail.compose.message/{action}", "$0"),
    )
