"""What a model predicts, and which words made it so."""
