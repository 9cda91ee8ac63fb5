"""One program for a venue: pages, conversations and interfaces for others, on this machine."""
