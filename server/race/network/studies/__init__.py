"""Studies of a race on the network: what takes long, runs in slices and is looked at when it is done."""
