"""Where the vectors of a word lie."""
