"""Programs written by others that many sites connect: what each is registered with and configured by."""

from django_oauthflows.clients.programs.base import KnownProgram

__all__ = ["KnownProgram"]
