"""The loss over parameter space: planes through it, slices of it, its curvature, and the speed limits that follow."""
