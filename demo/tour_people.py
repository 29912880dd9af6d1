"""The tour, first chapter: a practice and its people."""

from demo.codes import code
from demo.mailbox import until
from demo.steps import PASSWORD, accept, found
from demo.walk import Walk, expect, refused

NEW_PASSWORD = "another calm evening"


def people(walk: Walk) -> None:
    """Found a practice, sign in, forget a password."""
    with walk.step("The operator founds a practice; its owner is invited by mail") as say:
        founded = found(walk.stack.operate, f"Tour {walk.run}", "Olga Owner", walk.email("owner"), walk.zone)
        say(f"practice {founded['practice_id']}")
    with walk.step("The owner opens the invitation and chooses a password") as say:
        mail, link = walk.mailbox.take(walk.email("owner"), "/door#")
        token = link.partition("#")[2]
        seen = walk.browser().post("/api/doors/look", {"token": token})
        walk.who["owner"] = walk.browser().open_door(walk.email("owner"), token, PASSWORD)
        say(f"mail “{mail['subject']}”, for {seen['name']}; signed in as {', '.join(walk.who['owner'].me['roles'])}")
    with walk.step("The password alone opens nothing; a wrong code and a code that was shown do not either") as say:
        thief = walk.browser()
        step = thief.post("/api/session", {"email": walk.email("owner"), "password": PASSWORD})
        expect((step["session"], step["step"]["kind"]), (None, "code"))
        refused(lambda: thief.get("/api/practice"), 401)
        key = thief.phone.keys[walk.email("owner")]
        say(str(refused(lambda: thief.show_code(code(key, 0)), 401, "code-wrong")))
        say(str(refused(lambda: thief.show_code(walk.who["owner"].shown), 401, "code-used")))
    with walk.step("The same invitation a second time") as say:
        say(str(refused(lambda: walk.browser().open_door(walk.email("owner"), token, PASSWORD), 410)))
    with walk.step("A wrong password, and an address that nobody has, get the same answer") as say:
        wrong = refused(lambda: walk.browser().sign_in(walk.email("owner"), "not the password"), 401)
        nobody = refused(lambda: walk.browser().sign_in(walk.email("nobody"), "not the password"), 401)
        expect(wrong.body["detail"], nobody.body["detail"])
        say(str(wrong))
    with walk.step("A forgotten password: a mail, a new one, and the old one is over") as say:
        walk.browser().post("/api/password/forgotten", {"email": walk.email("owner")})
        _, link = walk.mailbox.take(walk.email("owner"), "/door#")
        walk.who["owner"] = walk.browser().open_door(walk.email("owner"), link.partition("#")[2], NEW_PASSWORD)
        say(str(refused(lambda: walk.browser().sign_in(walk.email("owner"), PASSWORD), 401)))


def staff(walk: Walk) -> None:
    """Invite the staff; one of them loses a phone."""
    with walk.step("Two therapists are invited and come") as say:
        for name in ("Tilda Therapist", "Tom Colleague"):
            short = name.split()[0].lower()
            invited = walk.who["owner"].post(
                "/api/people", {"name": name, "email": walk.email(short), "roles": ["therapist"]}
            )
            walk.ids[short] = invited["person_id"]
            walk.who[short] = accept(walk.stack.origin, walk.mailbox, walk.email(short))
            say(f"{name}, {walk.who[short].me['roles'][0]}")
    with walk.step("A phone is lost: the owner resets, its therapist is told, and sets up another") as say:
        email, tom = walk.email("tom"), walk.who["tom"]
        walk.who["owner"].delete(f"/api/people/{walk.ids['tom']}/authenticator")
        mail, _ = walk.mailbox.take(email, "/sign-in")
        say(f"mail “{mail['subject']}”; {refused(lambda: tom.post('/api/session/refresh'), 401)}")
        until("Tom's new start", lambda: starts_anew(walk, email))
        walk.who["tom"] = walk.browser().sign_in(email, PASSWORD)
        say(f"{walk.who['tom'].me['name']} is in again")


def clients(walk: Walk) -> None:
    """Add clients; one of them signs in twice."""
    with walk.step("A child becomes a client; the guardian is invited to act for them") as say:
        child = walk.who["owner"].post(
            "/api/clients",
            {
                "name": "Kim Child",
                "time_zone": walk.zone,
                "email": None,
                "guardians": [{"name": "Greta Guardian", "email": walk.email("greta")}],
                "therapist_ids": [walk.ids["tilda"], walk.ids["tom"]],
            },
        )
        walk.ids["client"] = child["client_id"]
        walk.who["greta"] = accept(walk.stack.origin, walk.mailbox, walk.email("greta"))
        say(f"Greta acts for {walk.who['greta'].me['clients'][0]['name']}")
    with walk.step("The same request made twice creates one client") as say:
        details = {
            "name": "Ada Adult",
            "time_zone": walk.zone,
            "email": walk.email("ada"),
            "guardians": [],
            "therapist_ids": [walk.ids["tom"]],
        }
        first, second = (walk.who["owner"].post("/api/clients", details, key=f"ada-{walk.run}") for _ in range(2))
        expect(first, second)
        walk.ids["other"] = first["client_id"]
        walk.who["ada"] = accept(walk.stack.origin, walk.mailbox, walk.email("ada"))
        say(f"client {first['client_id']}, twice the same answer")
    with walk.step("Signed in twice, the list says where; ended from afar, a session cannot go on") as say:
        ada, other = walk.who["ada"], walk.browser().sign_in(walk.email("ada"), PASSWORD)
        here, there = ada.get("/api/session")["sessions"]
        expect((here["here"], there["here"]), (True, False))
        ada.delete(f"/api/session/{there['session_id']}")
        say(f"{here['device']}, since {here['since']}; {refused(lambda: other.post('/api/session/refresh'), 401)}")
        ada.delete("/api/sessions")
        refused(lambda: ada.post("/api/session/refresh"), 401)
        walk.who["ada"] = walk.browser().sign_in(walk.email("ada"), PASSWORD)


def starts_anew(walk: Walk, email: str) -> bool:
    """Tell whether a password leads to setting up an authenticator, as it does once a reset has gone through."""
    entrance = walk.browser().post("/api/session", {"email": email, "password": PASSWORD})
    return bool(entrance["step"]["kind"] == "set_up")
