"""Looking into the outputs of views from a script in the page; Playwright's own locators do so anyway."""

# What matches a selector, within the outputs of views too.
ALL = """(selector, root = document) => [root, ...[...root.querySelectorAll(".bvp-output")].map((one) =>
  one.shadowRoot)].flatMap((one) => [...one.querySelectorAll(selector)])"""
