"""Every right in the stack, compared with a second list of them."""
