"""WHAT IS ASKED of a request: one small pure question per function.

A rule looks at a frozen request and answers `None` or one public sentence. It reads no setting, no
database and no clock: whatever it needs to know is in the request. Flows list the rules they enforce;
the pipelines in `protocol` ask them. Nothing here knows about HTTP.
"""
