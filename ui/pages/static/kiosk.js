// Manners of a kiosk: what belongs to no page of its own.
