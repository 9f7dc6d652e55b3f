"""CloudWatch Logs: what the functions wrote, read from files."""
