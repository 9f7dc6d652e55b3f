"""IAM: whether AWS would let a caller do what it asks for."""
