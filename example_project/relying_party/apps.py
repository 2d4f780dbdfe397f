from django.apps import AppConfig


class RelyingPartyConfig(AppConfig):
    name = "example_project.relying_party"
    label = "relying_party"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from example_project.relying_party.signing_out import remember_session

        user_logged_in.connect(remember_session)
