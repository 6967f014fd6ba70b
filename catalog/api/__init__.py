"""The open catalogue: our own API under /api/v1/, and the two shapes that clients of ChileAtiende expect."""
