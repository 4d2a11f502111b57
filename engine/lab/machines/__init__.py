"""Many machines: a batch over several of them, their gradients added up around a ring, and layers over devices."""
