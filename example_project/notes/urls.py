"""The API's addresses."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from example_project.notes.views import MeView, NoteCountView, NoteViewSet

router = SimpleRouter()
router.register("notes", NoteViewSet, basename="note")

urlpatterns = [
    path("notes/count/", NoteCountView.as_view(), name="note-count"),
    path("me/", MeView.as_view(), name="me"),
    path("", include(router.urls)),
]
