"""How commands are called: options that all have, environment variables, the configuration file, completion."""
