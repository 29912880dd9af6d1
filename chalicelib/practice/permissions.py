"""Who may do what: one table of role, relation and action, and nothing decided elsewhere."""

from enum import StrEnum

from chalicelib.foundation.actor import Actor, Role
from chalicelib.foundation.errors import NotFound
from chalicelib.practice.model import Card, Relation


class Action(StrEnum):
    """What can be done to a client's record."""

    SEE_CARD = "see the card"
    CHANGE_CARD = "change the card"
    DO_LESSON = "do a lesson"
    SEE_CARE = "see lessons, submissions, feedback and progress"
    REVIEW = "review a submission and change the program"
    SET_REMINDERS = "choose when to be reminded"
    SEE_CONTACT = "see what was sent to whom"
    SEE_TRAIL = "see who saw and who changed the record"
    SEE_INVOICES = "see invoices"
    SET_FEES = "set fees and note payments"
    TAKE_COPY = "take a copy of everything"
    KEEP_OR_ERASE = "decide how long the record is kept, and erase it"


_OWN = frozenset({Relation.SELF, Relation.GUARDIAN})
_TEAM = frozenset({Relation.THERAPIST})
_OFFICE = frozenset({Relation.OWNER})

MAY: dict[Action, frozenset[Relation]] = {
    Action.SEE_CARD: _OWN | _TEAM | _OFFICE,
    Action.CHANGE_CARD: _TEAM | _OFFICE,
    Action.DO_LESSON: _OWN,
    Action.SEE_CARE: _OWN | _TEAM,
    Action.REVIEW: _TEAM,
    Action.SET_REMINDERS: _OWN,
    Action.SEE_CONTACT: _OWN | _TEAM,
    Action.SEE_TRAIL: _TEAM | _OFFICE,
    Action.SEE_INVOICES: _OWN | _OFFICE,
    Action.SET_FEES: _OFFICE,
    # The practice answers for what it keeps, and so its owner has to be able to hand it over (GDPR, article 15, 2016).
    Action.TAKE_COPY: _OWN | _OFFICE,
    Action.KEEP_OR_ERASE: _OFFICE,
}
"""An owner who also treats a client is that client's therapist as well; being the owner opens no clinical record."""

_ROLE_OF = {
    Relation.SELF: Role.CLIENT,
    Relation.GUARDIAN: Role.GUARDIAN,
    Relation.THERAPIST: Role.THERAPIST,
    Relation.OWNER: Role.OWNER,
}

STAFF = frozenset({Role.OWNER, Role.THERAPIST})
OWNERS = frozenset({Role.OWNER})
THERAPISTS = frozenset({Role.THERAPIST})
EVERYONE = frozenset(Role)


def roles_for(action: Action) -> frozenset[Role]:
    """Return the roles that can ever do this: what a route asks for before any record is read."""
    return frozenset(_ROLE_OF[relation] for relation in MAY[action])


def relations(actor: Actor, card: Card) -> frozenset[Relation]:
    """Return what an actor is to a client of the same practice."""
    found = set()
    if card.own and card.own.person_id == actor.person_id:
        found.add(Relation.SELF)
    if any(guardian.person_id == actor.person_id for guardian in card.guardians):
        found.add(Relation.GUARDIAN)
    if Role.THERAPIST in actor.roles and any(one.person_id == actor.person_id for one in card.therapists):
        found.add(Relation.THERAPIST)
    if Role.OWNER in actor.roles:
        found.add(Relation.OWNER)
    return frozenset(found)


def permit(actor: Actor, action: Action, card: Card | None) -> Card:
    """Return the card if the actor may do this to it; raise NotFound as if it were not there."""
    if card is None or not relations(actor, card) & MAY[action]:
        raise NotFound
    return card
