"""The demo: a control plane with Sundown in it, four sample teams, and what happens to them, live in the terminal.

`stage` brings everything up and takes it down, `companions` is the table of what runs beside the control plane,
`samples` what is applied, `cloud` what is in AWS, `view` how the cluster looks, `board` and `changes` how that is shown.
"""
