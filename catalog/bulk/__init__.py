"""Many sheets at once: out of the catalogue and into it, as JSON or as a spreadsheet."""
