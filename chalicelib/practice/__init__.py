"""Who: practices, staff, clients, guardians, roles, sign-in, consent, audit."""
