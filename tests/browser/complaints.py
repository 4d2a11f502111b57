"""What pages complain about: on their console, in errors, against their content-security policy."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

VIOLATIONS = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
  console.error(`content-security policy: ${violatedDirective} forbids ${blockedURI} (${sourceFile})`))"""
"""Run in every page before its own scripts: some violations the browser does not log."""


class Complaints:
    """What pages complain about. `expect` names words of complaints that a test brings about itself."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._expected: list[str] = []

    def expect(self, words: str) -> None:
        self._expected.append(words)

    def listen(self, context: BrowserContext) -> None:
        """To every page that a context has or opens, and to their workers."""
        context.on("console", self._console)
        context.on("weberror", self._error)

    def leave(self, context: BrowserContext) -> None:
        context.remove_listener("console", self._console)
        context.remove_listener("weberror", self._error)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.all.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _error(self, found: WebError) -> None:
        self.all.append(f"error: {found.error}")

    @property
    def unexpected(self) -> list[str]:
        return [complaint for complaint in self.all if not any(words in complaint for words in self._expected)]
