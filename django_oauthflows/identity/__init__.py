"""Who the person is (OpenID Connect): claims, ID tokens, userinfo.

Not what a client may do, which `tokens` issues and `consent` decides. `protocol` asks for an ID token beside
the tokens of an answer, and the userinfo endpoint for what may be told of a person.
"""
