"""What other apps may listen to. Sent after the transaction that did it has committed.

Each signal's arguments are plain values or model instances, never a token, a code or a secret.
"""

from django_oauthflows.core.robust_signal import RobustSignal as Signal

#: A client was given tokens. Arguments: `client_id`, `user_id` (or None), `scopes`, `flow` and
#: `authorization_id`.
token_issued = Signal()

#: A person agreed to what a client asked for. Arguments: `client_id`, `user_id`, `scopes`.
consent_given = Signal()

#: A person withdrew a client's access. Arguments: `client_id`, `user_id`.
consent_withdrawn = Signal()

#: All tokens of an authorization were revoked. Arguments: `authorization_id`, `reason`.
authorization_revoked = Signal()

#: A request was refused. Arguments: `rule`, `code`, `client_id`, `reference`.
request_refused = Signal()

#: Something of the audit log's closed list happened. Arguments: `event`, `reference`, `client_id`, `user_id`
#: (or None), `actor` (a word of `audit.actors`), `network`, `endpoint`, `code`, `rule`, `specification`,
#: `sentence`, `detail` and `occurrences`. Refusals that are only counted are sent too; they share the
#: reference of the last one that was written out. The same stands in the `extra` of a log record of
#: `django_oauthflows.audit`.
audit_recorded = Signal()
