"""AWS Lambda on one machine: execution environments, cold starts, timeouts, error payloads, logs."""
