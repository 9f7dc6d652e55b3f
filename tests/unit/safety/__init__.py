"""Bad input without servers."""
