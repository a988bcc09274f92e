"""What BI tools are given of what is served: metrics over it, and the dashboards of Superset."""
