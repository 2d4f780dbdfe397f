"""The scope `offline_access` (OpenID Connect Core §11): access that goes on while the person is not there.

It belongs to every client with the refresh token flow, and to no other. No project has to list it, and no
resource needs it.
"""

from django.utils.translation import gettext_lazy as _

OFFLINE_ACCESS = "offline_access"
#: As the consent page has it, unless the project describes the scope itself.
DESCRIPTION = _("Keep its access while you are not using it")
