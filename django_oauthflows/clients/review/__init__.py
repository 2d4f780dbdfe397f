"""What is risky about a client as it is registered: a list of findings, a score, and fixes with a preview.

Not a gate: nothing here refuses a request. The admin shows it, and `oauthflows_doctor` says it in CI. Each
finding is one small pure function of what is known of the client; `catalogue.py` lists them all.
"""
