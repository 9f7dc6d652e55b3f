"""The local cloud that lasts, killed and started again."""
