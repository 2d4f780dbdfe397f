"""WHERE PEOPLE ARE SIGNED IN: one row for each browser, beside the session that Django itself keeps.

Not what was granted there, which `tokens` knows by the same `sid`, and not who is told when it ends, which
`identity` does. `tokens` notes each sign-in here; the person's page and the admin list them.
"""
