"""WHAT THE SERVER SIGNS WITH: its keys, from their announcement to their end, and the JWTs they make.

Every key is published before it signs and for long after it stopped, so that nobody who verifies ever meets a
signature without its key. Knows nothing of clients, people or tokens: `tokens` signs access tokens and
introspection answers with it, and `resource_server` verifies with it.
"""
