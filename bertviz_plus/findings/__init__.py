"""The Primer's findings: each a claim, measured on a model beside a baseline, with a verdict."""
