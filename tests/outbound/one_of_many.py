"""One process of the many that find a token expired: waits for a line, asks for a token, says which.

It prints a checksum, since a token is not for a pipe either.
"""

import json
import sys
from hashlib import sha256

import django


def main() -> None:
    django.setup()
    from django_oauthflows.outbound.client import OutboundClient, Provider

    written = json.loads(sys.argv[1])
    connection = OutboundClient(Provider(**written)).connection(sys.argv[2])
    stored = connection.stored()
    assert stored is not None
    sys.stdout.write(json.dumps({"found": checksum(stored.access_token)}) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps({"got": checksum(connection.token().access_token)}) + "\n")


def checksum(value: str) -> str:
    return sha256(value.encode()).hexdigest()


if __name__ == "__main__":
    main()
