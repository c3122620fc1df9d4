"""What a probe can read from vectors."""
