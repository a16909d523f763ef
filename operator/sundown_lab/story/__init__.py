"""The story: what the demo shows, without a person. Four teams fall asleep and wake, and every count is compared.

`closing` gives the sample teams their hours, `ledger` remembers what every workload's owner wanted, `skies` sees what is in
AWS, `chapters` is what happens in order, `run` tells it and judges.
"""
