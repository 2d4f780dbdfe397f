"""What could be safer about a client, and changing it as it was shown."""

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from django_oauthflows.api import limits, reach
from django_oauthflows.api.describing import described
from django_oauthflows.api.shapes import Strict
from django_oauthflows.api.view import ManagementView
from django_oauthflows.clients import proposals
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.proposals import NothingToChange
from django_oauthflows.clients.review import fixing
from django_oauthflows.clients.review.gathering import review_of
from django_oauthflows.resource_server import HasScopes

_GONE = {404: "No such client, or nothing of this name that one click can mend."}


class FindingShape(serializers.Serializer[Any]):
    """One thing that could be safer."""

    name = serializers.CharField()
    severity = serializers.CharField(source="severity.word")
    specification = serializers.CharField(source="spec")
    sentence = serializers.CharField()
    why = serializers.CharField()
    fix = serializers.CharField()
    can_be_fixed = serializers.SerializerMethodField()

    example: ClassVar = {
        "name": "hybrid_flow_should_be_closed",
        "severity": "medium",
        "specification": "RFC 9700 §2.1.2",
        "sentence": "It may use the hybrid flow.",
        "why": "A token in the front channel leaks as the implicit flow's do.",
        "fix": "Let it take all its tokens at the token endpoint, then take the flow away.",
        "can_be_fixed": True,
    }

    def get_can_be_fixed(self, finding: Any) -> bool:
        return bool(finding.changes)


class ReviewShape(serializers.Serializer[Any]):
    """The findings, the worst first; the score goes from 0 to 100, which is best."""

    score = serializers.IntegerField()
    findings = FindingShape(many=True)

    example: ClassVar = {"score": 85, "findings": [FindingShape.example]}


class ChangeShape(serializers.Serializer[Any]):
    """One column of the policy: what it holds, and what it would hold."""

    column = serializers.CharField()
    old = serializers.JSONField()
    new = serializers.JSONField()

    example: ClassVar = {"column": "flows", "old": ["hybrid", "password"], "new": ["password"]}


class FixShape(serializers.Serializer[Any]):
    """What a fix changes. The seal stands for all of it."""

    finding = FindingShape()
    changes = ChangeShape(many=True, source="proposal.changes")
    seal = serializers.CharField(source="proposal.seal")

    example: ClassVar = {
        "finding": FindingShape.example,
        "changes": [ChangeShape.example],
        "seal": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }


class Seal(Strict):
    """The seal of the preview, so that nothing else is changed instead."""

    seal = serializers.CharField(max_length=64)

    example: ClassVar = {"seal": FixShape.example["seal"]}


class NotAsShown(APIException):
    status_code = 409
    default_detail = _("The client has changed meanwhile: look again.")
    default_code = "not_as_shown"


class ReviewOfClient(ManagementView):
    permission_classes = (HasScopes(GET="oauthflows:clients:read"),)

    @described(
        "review_client",
        "Say what could be safer about a client",
        answers=ReviewShape,
        fails={404: "No such client."},
    )
    def get(self, request: Request, key: str) -> Response:
        return Response(self.shown(ReviewShape, review_of(reach.client(request, key))))


class Fix(ManagementView):
    permission_classes = (
        HasScopes(GET="oauthflows:clients:read", POST="oauthflows:clients:write"),
    )

    @described("preview_fix", "Show what a fix would change", answers=FixShape, fails=_GONE)
    def get(self, request: Request, key: str, name: str) -> Response:
        try:
            shown = fixing.preview(reach.client(request, key), name)
        except NothingToChange:
            raise Http404 from None
        return Response(self.shown(FixShape, shown))

    @described(
        "fix_client",
        "Change what the preview showed",
        takes=Seal,
        answers=FixShape,
        fails={**_GONE, 409: "The client has changed meanwhile."},
    )
    def post(self, request: Request, key: str, name: str) -> Response:
        application = reach.client(request, key, Deed.CHANGE)
        limits.must_be_ordinary(request, application)
        seal = self.read(Seal)["seal"]
        try:
            shown = fixing.preview(application, name)
            fixing.fix(application.pk, name, seal=seal, request=request._request)
        except NothingToChange:
            raise Http404 from None
        except proposals.NotAsShown:
            raise NotAsShown from None
        return Response(self.shown(FixShape, shown))
