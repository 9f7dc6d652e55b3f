"""Names, types and errors on the wire, from botocore's models."""
