"""
The national set: 2,240 procedures and any number of people, contacts and cases, all synthetic, written in bulk.

`stories` says what may happen; `bulk` writes many stories with set-based SQL, under the application's role and every constraint;
`played` lets the same stories happen through the actions. A test proves that nobody can tell the two apart.
"""
