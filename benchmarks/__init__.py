"""Speed and memory of gonogo against yardsticks and peers: ``make bench``."""
