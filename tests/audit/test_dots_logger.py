"""The logger of django-oauth-toolkit: a site with handlers or alerts there goes on being told, and once."""

import logging
from collections.abc import Iterator

import pytest

from django_oauthflows.dot import LOGGER
from tests.stories import begin

pytestmark = pytest.mark.django_db


class Kept(logging.Handler):
    """What a site's handler was given."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def lines(self) -> list[str]:
        return [record.getMessage() for record in self.records]


@pytest.fixture
def dots() -> logging.Logger:
    return logging.getLogger(LOGGER)


@pytest.fixture
def ours() -> Iterator[logging.Logger]:
    """The logger above all of ours, left as it was found."""
    logger = logging.getLogger("django_oauthflows")
    level, handlers = logger.level, list(logger.handlers)
    yield logger
    logger.setLevel(level)
    logger.handlers[:] = handlers


@pytest.fixture
def handler(dots: logging.Logger) -> Iterator[Kept]:
    handler, level = Kept(), dots.level
    dots.addHandler(handler)
    dots.setLevel(logging.INFO)
    yield handler
    dots.removeHandler(handler)
    dots.setLevel(level)


@pytest.mark.parametrize("level", [logging.DEBUG, logging.ERROR])
def test_a_refusal_is_told_once_whatever_the_level_of_our_own(
    handler: Kept, ours: logging.Logger, level: int
) -> None:
    ours.setLevel(level)
    begin().token(grant_type="refresh_token", refresh_token="a-secret-value")
    assert handler.lines == ["request refused: refresh_token_must_exist at token"]
    assert "a-secret-value" not in str([vars(record) for record in handler.records])


def test_warnings_and_errors_are_told_and_what_went_well_is_not(handler: Kept) -> None:
    begin().tokens()
    logging.getLogger("django_oauthflows.keys").info("all is well")
    logging.getLogger("django_oauthflows.keys").warning("keys could not be fetched")
    assert handler.lines == ["keys could not be fetched"]


def test_a_handler_that_listens_to_both_has_each_line_once(
    handler: Kept, ours: logging.Logger
) -> None:
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    begin().token(grant_type="unheard-of")
    logging.getLogger("django_oauthflows.keys").error("no key")
    assert len([line for line in handler.lines if line.startswith("request refused")]) == 1
    assert handler.lines.count("no key") == 1


def test_its_own_level_decides(handler: Kept, dots: logging.Logger) -> None:
    dots.setLevel(logging.ERROR)
    begin().token(grant_type="unheard-of")
    logging.getLogger("django_oauthflows.keys").warning("not of interest")
    logging.getLogger("django_oauthflows.keys").error("no key")
    assert handler.lines == ["no key"]
