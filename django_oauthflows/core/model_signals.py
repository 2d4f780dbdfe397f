"""Listening to the rows of a model, by whichever of its classes they are saved or deleted.

Django sends the signals of a row with the class that somebody used. A project may have proxies of its user
model, or models that inherit from it, and a receiver that names the user model alone hears nothing of them. A
receiver without a sender would hear all; but then Django could delete no row of any model without reading it
first.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.signals import ModelSignal, post_save, pre_save


def listen_to_rows(
    signal: ModelSignal, receiver: Callable[..., None], model: type[models.Model], *, uid: str
) -> None:
    """Call `receiver` for each row of `model`; to be called when every model is loaded."""
    for sender in _senders(model, of_a_save=signal in (pre_save, post_save)):
        signal.connect(receiver, sender=sender, dispatch_uid=uid)


def _senders(model: type[models.Model], *, of_a_save: bool) -> list[Any]:
    """Return the classes by which Django tells of a row of this table.

    A row of a model that inherits is saved in silence to its parent's table, but is deleted from it aloud. A
    model that inherits and has another key is left out: who reads `pk` would take it for another row.
    """
    heirs = [
        one
        for one in apps.get_models(include_swapped=True)
        if issubclass(one, model) and _has_key_of(one, model)
    ]
    table = model._meta.concrete_model
    return heirs if of_a_save else [one for one in heirs if one._meta.concrete_model is table]


def _has_key_of(heir: Any, model: type[models.Model]) -> bool:
    key = heir._meta.pk
    while key is not model._meta.pk and key in heir._meta.parents.values():
        heir, key = key.remote_field.model, key.target_field
    return key is model._meta.pk
