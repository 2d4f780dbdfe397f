"""A note as JSON."""

from rest_framework import serializers

from example_project.notes.models import Note


class NoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ("id", "title", "body", "created")
        read_only_fields = ("created",)
