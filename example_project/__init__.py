"""A Django site that is an OAuth provider, an API and one of its clients at once.

`python example_project/manage.py demo` prepares a database and starts it. `settings.py` and
`urls.py` show what a project of your own needs; `notes` is the protected API, `playground` the
client.
"""
