"""What can be changed of a pass, and where that is in force."""
