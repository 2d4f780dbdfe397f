"""WHAT EXISTS: one file per flow, pure values without HTTP or database.

A flow says what it is, whom it serves, the steps it takes and the rules it enforces, in order. The
endpoints, the metadata documents, the admin's choices and the README's table are derived from
`catalogue.FLOWS`; what the file says is what happens.
"""
