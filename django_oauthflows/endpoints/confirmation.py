"""The page that asks before something ends. It works without scripts; the POST it sends does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime

from django_oauthflows.protocol import headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The end that is asked about, in sentences, and where a no leads. `name` and `logo_uri` are an app's."""

    heading: str
    sentences: Sequence[str]
    yes: str
    no: str
    back: str
    name: str = ""
    logo_uri: str = ""

    @property
    def back_url(self) -> str:
        return reverse(f"oauthflows:{self.back}")


def moment_of(moment: datetime) -> str:
    """Return a moment as people read it, in the time zone that is current."""
    shown = localtime(moment) if is_aware(moment) else moment
    return date_format(shown, "DATETIME_FORMAT")


def ask_first(request: HttpRequest, question: Question) -> HttpResponse:
    """Return the page with the question."""
    page = render(request, "oauthflows/confirm_ending.html", {"question": question})
    return headers.page(page, images_from=[question.logo_uri])
