"""The executions of earlier processes and of this one, as they lie on disk, for the Step Functions API."""
