"""One page about a run, to be handed over: `show RUN --html FILE`."""
