"""The example project, which writes down what it counted after every answer and not once a minute."""

from example_project.settings import *  # noqa: F403 - the same site but for its haste
from example_project.settings import MIDDLEWARE

MIDDLEWARE = ["tests.counting.WrittenAtOnce", *MIDDLEWARE]
