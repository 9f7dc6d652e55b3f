"""IAM: policies, templates, calls."""
