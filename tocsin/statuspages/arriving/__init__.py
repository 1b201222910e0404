"""Mail that arrives: kept before it is accepted, understood afterwards, held for a person where nobody can say what it is."""
