"""How large is the type of a figure? In CSS pixels, as on the screen."""

TEXT = 13.0
SMALL = 12.0
AXIS = 11.0
CELL = 10.5
