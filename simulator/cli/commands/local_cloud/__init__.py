"""Commands of the cloud that stays up, and of what a home holds."""
