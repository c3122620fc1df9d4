"""A figure as it would stand in a paper: data and state give a scene, and that an SVG, a PDF or a PNG."""
