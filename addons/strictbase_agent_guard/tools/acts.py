# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose act is under way: a person's own, or what a job makes of others' work.

Kept here and never in the context, which comes from the caller.
"""

from contextlib import contextmanager
from contextvars import ContextVar

#: True while an action of a scheduled job runs, also one started by hand.
in_job = ContextVar("strictbase_agent_guard_in_job", default=False)
#: When a person last looked at what a queue is sending on, None if nobody said so.
looked_at = ContextVar("strictbase_agent_guard_looked_at", default=None)
#: True while somebody who has confirmed it uninstalls the guard.
uninstalling = ContextVar("strictbase_agent_guard_uninstalling", default=False)


@contextmanager
def job():
    token = in_job.set(True)
    try:
        yield
    finally:
        in_job.reset(token)


@contextmanager
def looked(moment):
    """Send on what a person left in a queue at that moment."""
    token = looked_at.set(moment)
    try:
        yield
    finally:
        looked_at.reset(token)


@contextmanager
def confirmed_uninstall():
    token = uninstalling.set(True)
    try:
        yield
    finally:
        uninstalling.reset(token)
