"""Programs that get a token as one client does, filled in for it: to be copied, run, and built upon.

`catalogue` says which there are for a client. The texts are the templates below `oauthflows/snippets/`; a
secret is in none of them, only the name of the variable it is read from. The admin shows them.
"""
