"""Who makes the deliveries that are due, so that no person waits for a client's server."""

import logging
from threading import Thread

from django.db import connections

from django_oauthflows.conf import conf
from django_oauthflows.identity import deliveries

logger = logging.getLogger("django_oauthflows.logout")

THREAD, TASK, COMMAND = "thread", "task", "command"
WAYS = (THREAD, TASK, COMMAND)


def send() -> None:
    """Have deliveries made, in the way `BACKCHANNEL_DELIVERY` names; called when a sign-out has committed."""
    way = conf.BACKCHANNEL_DELIVERY
    if way == THREAD:
        Thread(target=_in_thread, name="oauthflows-logouts", daemon=True).start()
    elif way == TASK:
        _enqueue()


def has_tasks() -> bool:
    """Has this Django tasks (6.0)?"""
    try:
        import django.tasks  # noqa: F401
    except ImportError:
        return False
    return True


def _enqueue() -> None:
    """The person has signed out: a queue that does not answer is loud, and changes nothing of that."""
    try:
        from django_oauthflows.identity.tasks import deliver_logouts

        deliver_logouts.enqueue()
    except Exception:
        logger.exception("the deliveries of a sign-out wait for oauthflows_deliver_logouts")


def _in_thread() -> None:
    try:
        deliveries.deliver_due()
    except Exception:
        logger.exception("the deliveries of a sign-out wait for the next, or for the command")
    finally:
        connections.close_all()
