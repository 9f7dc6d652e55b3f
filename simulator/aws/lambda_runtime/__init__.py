"""AWS Lambda: functions in execution environments of this process."""
