"""A browser context with no way out, which remembers what a page asked for and what went wrong."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Route

OWN_HOSTS = {"127.0.0.1", "localhost"}


@dataclass
class Watched:
    """A context in which only this machine's own servers and files answer."""

    context: BrowserContext
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._keep_error)
        page.on("pageerror", self._keep_uncaught)
        return page

    def gate(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in OWN_HOSTS:
            self.refused.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def _keep_uncaught(self, error: Error) -> None:
        # When its theme changes and changes back, JupyterLab takes its splash screen away twice.
        if "removeChild" not in error.message or "/jlab_core" not in (error.stack or ""):
            self.errors.append(f"uncaught: {error.message} {error.stack}")

    def _keep_error(self, message: ConsoleMessage) -> None:
        # JupyterLab tells of its own questions that a kernel has not answered before it went, and of
        # widgets of a kernel that another page has opened.
        hosts_own = ("Canceled future", "Comm not found for comm id")
        if message.type == "error" and not any(one in message.text for one in hosts_own):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


def watched(browser: Browser, **options: object) -> Watched:
    """A new context; `options` are Playwright's, such as `viewport` and `color_scheme`."""
    context = browser.new_context(**{"viewport": {"width": 1100, "height": 900}, **options})
    watch = Watched(context)
    context.route("**/*", watch.gate)
    return watch
