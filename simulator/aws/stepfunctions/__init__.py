"""The Step Functions service: state machines, and their executions."""
