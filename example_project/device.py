"""A device without a browser: a television in a shell (RFC 8628). It knows nothing of Django.

    eval "$(python example_project/manage.py credentials device)"
    python example_project/device.py

It asks the provider for a code, shows it with the address to open (and as a QR code, where segno is
installed: the extra `qr`), waits until the person has decided, reads their notes, refreshes its tokens and
reads the notes once more.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
TIMEOUT = 10  # seconds
#: RFC 8628 §3.2: the interval where the server names none; §3.5: what slow_down adds. Seconds.
INTERVAL, SLOWER = 5, 5

Members = dict[str, Any]


class Failed(Exception):
    """It did not work, in words for the person in front of the screen."""


@dataclass(kw_only=True)
class Device:
    """A public client of one provider."""

    issuer: str
    client_id: str
    scope: str
    http: requests.Session = field(default_factory=requests.Session)

    def discover(self) -> Members:
        """The provider's metadata (RFC 8414 §3): the well-known path goes before the issuer's own."""
        parts = urlsplit(self.issuer)
        origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
        url = f"{origin}/.well-known/oauth-authorization-server{path}"
        metadata: Members = self.http.get(url, timeout=TIMEOUT).json()
        if metadata["issuer"] != self.issuer:
            raise Failed(f"{url} speaks for {metadata['issuer']}.")
        if "device_authorization_endpoint" not in metadata:
            raise Failed("This provider pairs no devices.")
        return metadata

    def ask_for_codes(self, server: Members) -> Members:
        """Both codes and where to send the person (§3.1)."""
        return accepted(self.post(server["device_authorization_endpoint"], scope=self.scope))

    def wait(self, server: Members, codes: Members) -> Members:
        """Poll until the person has decided (§3.5), and return the tokens."""
        interval: float = codes.get("interval", INTERVAL)
        end = time.monotonic() + codes["expires_in"]
        while time.monotonic() < end:
            time.sleep(interval)
            try:
                answer = self.post(
                    server["token_endpoint"],
                    grant_type=GRANT_TYPE,
                    device_code=codes["device_code"],
                )
            except (requests.ConnectionError, requests.Timeout):
                # A server in trouble is not helped by a crowd that goes on knocking.
                interval *= 2
                continue
            error = answer.json().get("error") if answer.status_code == 400 else None
            if error == "slow_down":
                interval += SLOWER
            elif error != "authorization_pending":
                return accepted(answer)
        raise Failed("Nobody typed the code in time.")

    def refresh(self, server: Members, tokens: Members) -> Members:
        """A new pair, without asking the person again (RFC 6749 §6)."""
        return accepted(
            self.post(
                server["token_endpoint"],
                grant_type="refresh_token",
                refresh_token=tokens["refresh_token"],
            )
        )

    def notes(self, api: str, tokens: Members) -> list[Members]:
        """What the person lets this device read."""
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = self.http.get(f"{api}/api/notes/", headers=bearer, timeout=TIMEOUT)
        if not answer.ok:
            raise Failed(f"The API answers {answer.status_code}.")
        found: list[Members] = answer.json()
        return found

    def post(self, url: str, **parameters: str) -> requests.Response:
        return self.http.post(
            url, data={"client_id": self.client_id, **parameters}, timeout=TIMEOUT
        )


def accepted(answer: requests.Response) -> Members:
    """The members of a good answer; what went wrong, in words, of any other."""
    members: Members = answer.json()
    if answer.ok:
        return members
    if members.get("error") == "access_denied":
        raise Failed("You said no. This device has no access.")
    raise Failed(f"{members.get('error')}: {members.get('error_description', '')}")


def show(codes: Members) -> None:
    """What a television would fill its screen with (§3.3 and §3.3.1)."""
    print(f"\n  Open   {codes['verification_uri']}")
    print(f"  Code   {codes['user_code']}\n")
    if "verification_uri_complete" in codes:
        show_qr_code(codes["verification_uri_complete"])
    print("Waiting ...", flush=True)


def show_qr_code(address: str) -> None:
    try:
        import segno
    except ImportError:
        return
    segno.make(address).terminal(compact=True)


def run(device: Device, api: str) -> None:
    server = device.discover()
    codes = device.ask_for_codes(server)
    show(codes)
    tokens = device.wait(server, codes)
    print(f"\nConnected. It may: {tokens['scope']}")
    for note in device.notes(api, tokens):
        print(f"  {note['title']}")
    if "refresh_token" in tokens:
        tokens = device.refresh(server, tokens)
        print(f"Refreshed: {len(device.notes(api, tokens))} notes, and nobody was asked again.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Pair this shell with the demo.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo runs")
    parser.add_argument("--client-id", default=os.environ.get("CLIENT_ID", ""))
    parser.add_argument("--scope", default="notes:read notes:write")
    options = parser.parse_args()
    if not options.client_id:
        parser.error(
            'no --client-id: eval "$(python example_project/manage.py credentials device)"'
        )
    url = options.url.rstrip("/")
    try:
        run(Device(issuer=f"{url}/o", client_id=options.client_id, scope=options.scope), url)
    except (Failed, requests.RequestException) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


if __name__ == "__main__":
    main()
