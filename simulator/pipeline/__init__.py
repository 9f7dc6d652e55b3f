"""This pipeline on the AWS of this machine: what is provisioned, uploaded, redriven, and the session that runs it."""
