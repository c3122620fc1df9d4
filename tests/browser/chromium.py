"""The browser that the tests drive: found where there is one, installed where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Root may not use Chromium's sandbox, and there is no graphics card to rely on. The last one keeps
# Chromium's own requests out of a run that counts requests.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def installed() -> str | None:
    """Path of the machine's Chrome or Chromium; `CHROME_PATH` goes before every other."""
    named = os.environ.get("CHROME_PATH")
    if named:
        if not Path(named).is_file():
            raise FileNotFoundError(f"CHROME_PATH is {named}, and there is no such file")
        return named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None) or next(filter(os.path.exists, PLACES), None)


def launch(playwright: Playwright) -> Browser:
    """Start the installed browser, or else the one that Playwright downloaded."""
    return playwright.chromium.launch(executable_path=installed(), args=list(ARGUMENTS))


def install() -> None:
    """Get a Chromium: Debian's package when root, else Playwright's own download."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("==> No Chrome or Chromium here: installing the system's package", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "chromium", "fonts-dejavu-core"]):
            done = subprocess.run(
                ["apt-get", "-qq", *command], env=environment, check=False, stdout=subprocess.DEVNULL
            )
        if done.returncode == 0 and installed():
            return
    print("==> No Chrome or Chromium here: Playwright downloads one", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> None:
    with sync_playwright() as playwright:
        downloaded = Path(playwright.chromium.executable_path).exists()
    if not installed() and not downloaded:
        install()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        print(f"==> Browser for the tests: Chromium {browser.version}, {installed() or 'from Playwright'}")
        browser.close()


if __name__ == "__main__":
    main()
