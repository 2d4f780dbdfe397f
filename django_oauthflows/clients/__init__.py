"""WHO MAY ASK: the clients, what each may do, and how each proves who it is.

A client is a row of django-oauth-toolkit's application model with a `ClientPolicy` beside it. An application
without one keeps its single grant type, so that a site that already runs DOT changes no row. Asked by the
pipelines in `protocol` and by the admin; knows nothing of tokens.
"""
