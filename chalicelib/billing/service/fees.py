"""Giving a client a monthly fee, and ending it."""

from datetime import datetime

from msgspec import structs

from chalicelib.billing.model import LONGEST_AHEAD, LONGEST_BACK, SUBSCRIPTION, Subscription
from chalicelib.billing.shapes import FeeView, SetFee
from chalicelib.billing.store import BillingStore, fee_key
from chalicelib.foundation.call import Call
from chalicelib.foundation.clock import zone
from chalicelib.foundation.errors import Invalid, NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId, SubscriptionId, new_id
from chalicelib.foundation.local_time import day_of, first_moment
from chalicelib.foundation.money import Money
from chalicelib.practice.model import Practice
from chalicelib.practice.permissions import Action, permit


def fee_view(fee: Subscription, version: int) -> FeeView:
    """Show a fee and the version that ending it names."""
    return FeeView(
        subscription_id=fee.subscription_id,
        amount=fee.amount,
        from_on=fee.from_on,
        title=fee.title,
        next_on=fee.next.from_on if fee.next else None,
        ended_on=fee.ended_on,
        version=version,
    )


def due_at(fee: Subscription, practice: Practice) -> datetime | None:
    """Return when a fee's next invoice is due: the first moment of its period's first day at the practice."""
    return first_moment(fee.next.from_on, zone(practice.time_zone)) if fee.next else None


def set_fee(call: Call, client_id: ClientId, wanted: SetFee) -> FeeView:
    """Give a client a monthly fee in the practice's currency.

    Periods that have begun are invoiced by the next tick.
    """
    found = BillingStore(call.table).setting(client_id)
    permit(call.actor, Action.SET_FEES, found.card)
    if found.practice is None:
        raise NotFound
    today = day_of(call.now, zone(found.practice.time_zone))
    if not today - LONGEST_BACK <= wanted.from_on <= today + LONGEST_AHEAD:
        message = (
            "A fee may begin at most 31 days back and a year ahead. Nothing was changed; choose another first day."
        )
        raise Invalid(message)
    fee = Subscription(
        subscription_id=SubscriptionId(new_id(call.now)),
        client_id=client_id,
        amount=Money(wanted.minor, found.practice.currency),
        title=wanted.title,
        from_on=wanted.from_on,
    )
    write = call.write()
    write.add(SUBSCRIPTION, fee_key(client_id, fee.subscription_id), fee, due_at=due_at(fee, found.practice))
    write.record("set a monthly fee", client_id=client_id, subscription_id=fee.subscription_id)
    return write.commit(fee_view(fee, 1))


def end_fee(call: Call, client_id: ClientId, subscription_id: SubscriptionId) -> FeeView:
    """End a fee today. A period that has begun before, and has no invoice yet, still gets it."""
    found = BillingStore(call.table).setting(client_id, fee_key(client_id, subscription_id))
    permit(call.actor, Action.SET_FEES, found.card)
    stored = found.rows.one(SUBSCRIPTION)
    if stored is None or found.practice is None:
        raise NotFound
    if stored.value.ended_on:
        return fee_view(stored.value, stored.version)
    if stored.version != call.version:
        raise StaleWrite(current=fee_view(stored.value, stored.version))
    ended = structs.replace(stored.value, ended_on=day_of(call.now, zone(found.practice.time_zone)))
    write = call.write()
    write.replace(stored, ended, due_at=due_at(ended, found.practice))
    write.record("ended a monthly fee", client_id=client_id, subscription_id=subscription_id)
    return write.commit(fee_view(ended, stored.version + 1))
