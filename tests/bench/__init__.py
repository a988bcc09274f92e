"""The benchmark: a province's million rows, the floor under them, and `make bench`. No part of the shipped package."""
