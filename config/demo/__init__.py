"""
The demo history: six months of contacts through every channel, made by the same actions as everywhere, under a clock set back.

`plan` says what happens when (a pure function of the seed, the reference data and the day it ends); `scenes` let it happen; `history`
plays it in chunks, each in one transaction with the mark of how far it got, so that a killed start goes on where it stopped.
"""
