"""The open catalogue: our own API under /api/v1/, and the two shapes that existing clients of ChileAtiende expect."""
