"""The status report as a page for a browser: one file, no script, no network."""

from supa_deploy.render.html.page import html

__all__ = ["html"]
