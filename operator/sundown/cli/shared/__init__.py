"""What several commands share: how they meet a cluster, their options, what they read and print."""
