"""CALLING SOMEBODY ELSE'S API: this site as the client of another provider.

It gets tokens (client credentials, code with PKCE, device code), keeps them encrypted, uses each until
shortly before its end, and refreshes it without asking the person again: one refresh at a time, however
many processes and hosts find it expired at the same moment. Open `client.py` first.

It is no way of signing people in to this site (an ID token is not read), and knows nothing of the server
next to it: it imports `conf` and `errors` alone. Whoever calls an API with somebody's permission calls it.

It stands on Authlib for the protocol and on requests for HTTP, the extra `outbound`. requests carries its
own types and is released steadily, while httpx has had no stable release since 0.28 of December 2024, and
the sessions people already have adapters, proxies and test doubles for are requests' own. Authlib has no
types: one file, `exchange.py`, knows it. Its own refreshing is not used, since it knows of one process only.
"""
