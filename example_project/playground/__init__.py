"""The demo's client: an app that signs people in elsewhere and reads their notes from an API.

It shares a process with its provider and nothing else: it is written as a stranger would write it,
with the package's client half, against the provider's documents and over HTTP, with a session of its own.
"""
