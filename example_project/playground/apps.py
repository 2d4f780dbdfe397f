from django.apps import AppConfig


class PlaygroundConfig(AppConfig):
    name = "example_project.playground"
    label = "playground"
