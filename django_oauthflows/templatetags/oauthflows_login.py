"""The default of a page that the project, or another app, may have under the same name."""

from typing import Any

from django import template
from django.template import Context, TemplateDoesNotExist
from django.template.base import Parser, Template, Token
from django.template.loader_tags import ExtendsNode

register = template.Library()


class ExtendsNextOrNode(ExtendsNode):
    """Extend the next template of the same name, in the order of INSTALLED_APPS, else a default.

    Django's loaders take the first app that has a template. This app may stand before the one whose page is
    meant, and must not take its place.
    """

    #: `{% load %}` stands before it.
    must_be_first = False

    def __init__(self, default: str, **extended: Any) -> None:
        super().__init__(**extended)
        self.default = default

    def get_parent(self, context: Context) -> Template:
        try:
            return self.find_template(str(self.origin.template_name), context)
        except TemplateDoesNotExist:
            return self.find_template(self.default, context)


@register.tag
def extends_next_or(parser: Parser, token: Token) -> ExtendsNextOrNode:
    """Read `{% extends_next_or "the/default.html" %}`."""
    default = parser.compile_filter(token.split_contents()[1])
    return ExtendsNextOrNode(
        str(default.resolve(Context())), nodelist=parser.parse(), parent_name=default
    )
