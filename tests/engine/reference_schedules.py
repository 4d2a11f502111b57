"""How the rate moves, for the references: from the witnesses of the schedules. Imports nothing from `engine`."""

from witnesses.schedules import plateau_factors, stated

__all__ = ["stated", "stated_plateau"]


def stated_plateau(losses, factor, patience, threshold):
    """What the rate is multiplied by after each loss."""
    return plateau_factors(losses, {"factor": factor, "patience": patience, "threshold": threshold})
