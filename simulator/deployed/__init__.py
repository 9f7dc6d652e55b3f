"""What the simulator does with a stack that is deployed: on AWS, or at the endpoint of `up`."""
