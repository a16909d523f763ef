"""Who somebody is, what they may do, what they prefer, and which envs are theirs."""
