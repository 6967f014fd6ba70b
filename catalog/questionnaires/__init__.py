"""A procedure's form: its definition as data, drawn as real Django forms by every room."""
