"""Commands that work on a deployed stack, at the endpoint of a cloud that is up."""
