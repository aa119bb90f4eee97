"""What `make run` and the tests start: an embedded PostgreSQL and Redis, and the supervisor of the site's processes.

Nothing here imports Django: the supervisor runs before the site's settings can be read.
"""
