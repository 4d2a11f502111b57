"""What a lane's path tells: curvature against the optimizer's own limit, and the error by the directions of curvature."""
