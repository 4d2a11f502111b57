"""What ails a run: named findings with evidence and remedies, the rate finder, the gradient check."""
