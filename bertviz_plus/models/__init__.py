"""A Hugging Face model made ready to be looked into."""
