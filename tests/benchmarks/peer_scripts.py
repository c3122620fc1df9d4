"""What bertviz's page loads from two content networks, from npm instead, so that it draws offline."""

import subprocess
from pathlib import Path

from playwright.sync_api import BrowserContext, Route

FOLDER = Path("build/peer")
# bertviz names jQuery 2.0.0, which npm does not have; 2.1.4 answers the same calls.
PACKAGES = ("d3@5.7.0", "jquery@2.1.4", "requirejs@2.3.6")
FILES = {
    "d3.min": "d3/dist/d3.min.js",
    "jquery.min": "jquery/dist/jquery.min.js",
    "require.min": "requirejs/require.js",
}


def install() -> None:
    if not all((FOLDER / "node_modules" / file).exists() for file in FILES.values()):
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(FOLDER), *PACKAGES],
            check=True,
        )


def serve(context: BrowserContext) -> None:
    """Answer a page's requests for the three scripts."""

    def answer(route: Route) -> None:
        name = next(name for name in FILES if name in route.request.url)
        route.fulfill(path=FOLDER / "node_modules" / FILES[name], content_type="text/javascript")

    context.route("https://cdnjs.cloudflare.com/**", answer)
