"""`flows` and `rules` are pure values: another tool can import them where no Django site is."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import importlib, pkgutil
from django.conf import settings
import django_oauthflows.flows, django_oauthflows.rules

for package in (django_oauthflows.flows, django_oauthflows.rules):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
assert "django_oauthflows.flows.catalogue" in __import__("sys").modules
assert not settings.configured
"""


def test_flows_and_rules_import_without_settings() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
