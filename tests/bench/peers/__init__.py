"""`make bench-peers`: what people would use instead, on the same exports, beside the warehouse and the floor."""
