"""The AWS simulator: moto behind HTTP, and before it a thin layer that is as unkind as AWS.

`server` listens, `door` lets each call through or not: `asked` reads it, `faults` are what goes wrong on demand, `rules` what
AWS refuses and moto does not, `transitions` the states in between that moto lacks. `control` is its own API under `/_lab/`,
`remote` the same from Python, `process` the server as a process.
"""
