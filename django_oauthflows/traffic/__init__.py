"""WHAT CLIENTS ASK FOR: how many requests there were, and what those of each client looked like.

Numbers for charts, and shapes that a client's owner can ask the rules about before making them stricter. Not
a log: no request, person, token or text from the wire is kept. Endpoints count into the memory of their
process, which writes to the database at most once a minute, never while a request waits.
"""
