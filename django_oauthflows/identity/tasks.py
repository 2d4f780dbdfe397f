"""The deliveries as a task of `django.tasks` (Django 6.0); imported by no other Django."""

from django.tasks import default_task_backend, task

from django_oauthflows.identity import deliveries


@task()
def deliver_logouts() -> int:
    """Tell every client that is to be told now; where one did not hear, and the queue can wait, come back.

    Returns how many heard.
    """
    done = deliveries.deliver_due()
    due = deliveries.next_due() if done.heard < done.made else None
    if due is not None and default_task_backend.supports_defer:
        deliver_logouts.using(run_after=due).enqueue()
    return done.heard
