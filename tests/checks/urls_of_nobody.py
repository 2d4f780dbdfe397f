"""A mistake: a site without the app's URLs."""

urlpatterns: list[object] = []
