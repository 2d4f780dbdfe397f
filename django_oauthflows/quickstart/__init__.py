"""The way from a new Django project to a protected view, a client and a token: `oauthflows_quickstart`."""
