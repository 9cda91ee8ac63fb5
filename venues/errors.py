"""What can go wrong with a venue's content. Each message says what was wrong, what is allowed and what to do next."""


class VenueError(Exception):
    """A venue, a pack or a text that cannot be used."""


class WrongUseError(VenueError):
    """Words that no venue and no machine would make right: an option, a language, an id."""
