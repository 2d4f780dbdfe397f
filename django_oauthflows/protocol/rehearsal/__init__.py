"""What token would this get? The answer to a request nobody made (a rehearsal).

The code that answers real requests is asked, up to where it would make, spend, write or send something; there
it stops. Nothing here changes a row, a session or the cache, and nothing that is shown is good for anything.
Who asks: the admin's page of a client, and `oauthflows_rehearse`.
"""
