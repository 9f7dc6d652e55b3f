"""Commands about failed rows: the failure inbox."""
