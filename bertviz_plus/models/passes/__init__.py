"""One forward pass: what goes in, what is recorded, what comes out."""
