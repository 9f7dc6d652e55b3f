"""The files in cdk/definitions, as they are deployed."""
