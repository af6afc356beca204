"""Many articles into one show: on all cores, or on a cluster."""
