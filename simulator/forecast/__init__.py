"""What a run costs on AWS, how long it takes there, and which quota it meets first: from what a local run did."""
