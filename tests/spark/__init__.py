"""`make spark`: the models on Spark and Iceberg, on one machine: a cluster of processes, its tables beside DuckDB's."""
