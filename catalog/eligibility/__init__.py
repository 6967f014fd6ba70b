"""
Who may get a procedure, as data: a closed grammar over a closed list of facts (docs/eligibility.md).

`facts` lists what rules may speak of, `grammar` lets rules in, `judging` answers them with yes, no or not known, `words` says them,
`asking` asks for what they need. Nothing here reads or writes a row, and nothing that people answer is kept.
"""
