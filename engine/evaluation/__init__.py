"""Looking at a run without touching it: losses and maps, layer by layer, on clones where something is tried."""
