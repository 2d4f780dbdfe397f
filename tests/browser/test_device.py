"""A person pairs the command-line device of the example project."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_demo import sign_in
from tests.marks import spec
from tests.servers import ROOT

pytestmark = pytest.mark.browser


@contextmanager
def television(demo: Demo) -> Iterator["subprocess.Popen[str]"]:
    """The device, in a process of its own."""
    program = [sys.executable, "-u", str(ROOT / "example_project" / "device.py")]
    device = subprocess.Popen(
        [*program, "--url", demo.origin, "--client-id", demo.client_id("device")],
        env={**demo.environment, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    try:
        yield device
    finally:
        device.kill()
        device.communicate()


def shown(device: "subprocess.Popen[str]") -> dict[str, str]:
    """The address and the code on the device's screen, and the rest of what it says before it waits."""
    assert device.stdout
    said: dict[str, str] = {"QR": ""}
    for line in device.stdout:
        name, _, value = line.strip().partition("   ")
        if name in ("Open", "Code"):
            said[name] = value
        elif line.startswith("Waiting"):
            return said
        else:
            said["QR"] += line
    raise AssertionError(said)


@spec("RFC 8628 §3.3", "RFC 8628 §3.5", "B-24", "B-25")
def test_a_person_pairs_a_device(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    with television(running_demo) as device:
        screen = shown(device)
        assert "█" in screen["QR"] or "▄" in screen["QR"]
        page.goto(screen["Open"])
        sign_in(page)
        picture("device-code")
        page.get_by_label("Code").fill("BBBB-BBBB")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert")).to_contain_text("No device is waiting with this code.")
        picture("device-wrong-code")
        page.get_by_label("Code").fill(screen["Code"].lower().replace("-", ""))
        page.get_by_role("button", name="Continue").click()

        expect(page.get_by_role("heading", level=1)).to_contain_text("Notes on TV")
        expect(page.get_by_text(screen["Code"])).to_be_visible()
        picture("device-confirm")
        page.get_by_role("button", name="Yes, go on").click()

        expect(page.get_by_role("heading", level=1)).to_contain_text("Notes on TV")
        expect(page.get_by_text(screen["Code"]).first).to_be_visible()
        picture("device-consent")
        page.get_by_label("Write and change your notes").uncheck()
        page.get_by_role("button", name="Allow").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Your device is connected")
        picture("device-done")

        said, _ = device.communicate(timeout=30)
        assert device.returncode == 0, said
        assert "It may: notes:read\n" in said
        assert "Note G" in said
        assert "nobody was asked again" in said

        page.get_by_role("link", name="connected apps").click()
        page.get_by_role("link", name="Withdraw access Notes on TV").click()
        page.get_by_role("button", name="Withdraw access").click()
        expect(page.get_by_role("status")).to_contain_text("Notes on TV no longer has access.")


@spec("RFC 8628 §3.3.1", "RFC 8628 §3.5", "B-25")
def test_a_person_follows_the_link_and_refuses(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    with television(running_demo) as device:
        screen = shown(device)
        page.goto(f"{screen['Open']}?user_code={screen['Code']}")
        sign_in(page, "grace")
        expect(page.get_by_label("Code")).to_have_value(screen["Code"])
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="No, stop").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing was connected")
        picture("device-refused")

        said, _ = device.communicate(timeout=30)
        assert device.returncode == 1
        assert "You said no." in said
