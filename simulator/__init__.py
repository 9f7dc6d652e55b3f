"""A local cloud that runs the very Lambda code and state machine text that is deployed."""
