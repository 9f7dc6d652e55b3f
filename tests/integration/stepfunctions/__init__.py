"""The Step Functions API as clients see it."""
