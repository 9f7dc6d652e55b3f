"""What is broken on purpose (`run --fault`): its notation, and the faults themselves."""
