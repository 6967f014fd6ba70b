"""Reading a catalogue from another server, sheet by sheet, through the editors' own action."""
