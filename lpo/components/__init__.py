"""A page with every component, for the people who carry on; served where LPO_COMPONENTS or DEBUG is set."""
