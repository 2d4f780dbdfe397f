"""The end of a provider session, for every part of the package that keeps something of it."""

from django.dispatch import Signal

#: A provider session ends. Sent within the transaction that ends it, after its codes were ended. Argument:
#: `sid`.
session_ended = Signal()

#: A person signed in once more than is kept, and this sign-in of theirs, used longest ago, has to end.
#: Arguments: `row` (the `ProviderSession`) and `request` (of the newest sign-in). A receiver returns whether
#: it ended it.
session_crowded_out = Signal()
