"""The operations of the Step Functions API, over the service and its archive."""
