from django.contrib import admin

from example_project.notes.models import Note


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    list_display = ("title", "owner", "created")
    list_select_related = ("owner",)
