"""The race on the network: the lanes train the run of the Train view."""
