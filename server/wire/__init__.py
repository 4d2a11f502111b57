"""What every message has to do with: errors, limits and sizes, frames, the socket itself."""
