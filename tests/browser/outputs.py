"""Views in the outputs of cells, each within a shadow root of its own."""

# What matches a selector, within the outputs of views too.
ALL = """(selector, root = document) => [root, ...[...root.querySelectorAll(".bvp-output")].map((one) =>
  one.shadowRoot)].flatMap((one) => [...one.querySelectorAll(selector)])"""
