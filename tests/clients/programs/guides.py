"""The pages on known programs in `docs/`, made from the table of the package.

`DJANGO_SETTINGS_MODULE=tests.settings.base python -m tests.clients.programs.guides` writes them, and a test
asks that they are as they would be made today.
"""

from collections.abc import Iterator
from pathlib import Path

import django

from django_oauthflows.clients.programs import KnownProgram

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "programs"
_ISSUER = "https://id.example.com/o"
_ADDRESS = "https://app.example.com"

_INDEX = """\
# Known programs

These programs are registered by one command, or in the admin under *Add a client*. Each gets its addresses,
its scopes and its configuration, filled in. A program of your own joins them: write a `KnownProgram`
(`django_oauthflows.clients.programs`), and name it in `OAUTHFLOWS["KNOWN_PROGRAMS"]`.

| program | configuration |
| --- | --- |
"""


def pages() -> Iterator[tuple[str, str]]:
    """Each page, by the name of its file."""
    from django_oauthflows.clients.programs.catalogue import PROGRAMS

    rows = [
        f"| [{program.title}]({program.slug}.md) | `{program.file_name}` |" for program in PROGRAMS
    ]
    yield "README.md", _INDEX + "\n".join(rows) + "\n"
    for program in PROGRAMS:
        yield f"{program.slug}.md", _page(program)


def _page(program: KnownProgram) -> str:
    from django_oauthflows.clients.presets import BY_SLUG
    from django_oauthflows.clients.programs.configuration import configuration_of

    where = f" --address {_ADDRESS}" if program.has_address else ""
    redirect_uris = [*program.redirect_uris, *(_ADDRESS + path for path in program.callbacks)]
    text = configuration_of(
        program,
        _ISSUER,
        client_id="CLIENT_ID",
        redirect_uris=redirect_uris,
        scopes=program.scopes,
    )
    comes_back = "\n".join(f"- `{uri}`" for uri in redirect_uris)
    has_secret = BY_SLUG[program.preset].is_confidential
    credentials = "the client id and the secret" if has_secret else "the client id"
    note = f"\n{program.note}\n" if program.note else ""
    return f"""\
# {program.title}

```sh
python manage.py oauthflows_register_client --program {program.slug}{where}
```

It comes back to:

{comes_back}
{note}
Its configuration, `{program.file_name}`, with {credentials} that the command prints:

```
{text.rstrip()}
```

See [its own documentation]({program.documentation}).
"""


if __name__ == "__main__":
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages():
        (FOLDER / name).write_text(text)
