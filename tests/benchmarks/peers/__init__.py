"""The same map on what a user could pick instead, each in a folder of its own, timed beside the simulator."""
