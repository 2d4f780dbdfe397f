"""WHAT HAPPENED: a closed list of events, written so that every refusal can be explained.

A token's own row is the record of its issue; what is written here is what leaves no other trace. Everyone
above may record; nothing here knows who does. No row, signal or log line holds a secret, code or token.
"""
