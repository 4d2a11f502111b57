"""From a spec to numbers in memory: the tape, where things lie, the buffers, and the compiled run over them."""
