"""How fast it is: the time to an answer, and what the packages take that are used as they come."""
