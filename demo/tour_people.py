"""The tour, first chapter: a practice and its people."""

from demo.steps import PASSWORD, accept, found
from demo.walk import Walk, expect, refused

NEW_PASSWORD = "another calm evening"


def people(walk: Walk) -> None:
    """Found a practice, invite, sign in and out, forget a password."""
    with walk.step("The operator founds a practice; its owner is invited by mail") as say:
        founded = found(walk.stack.operate, f"Tour {walk.run}", "Olga Owner", walk.email("owner"), walk.zone)
        say(f"practice {founded['practice_id']}")
    with walk.step("The owner opens the invitation and chooses a password") as say:
        mail, link = walk.mailbox.take(walk.email("owner"), "/door#")
        token = link.partition("#")[2]
        seen = walk.browser().post("/api/doors/look", {"token": token})
        walk.who["owner"] = walk.browser().open_door(token, PASSWORD)
        say(f"mail “{mail['subject']}”, for {seen['name']}; signed in as {', '.join(walk.who['owner'].me['roles'])}")
    with walk.step("The same invitation a second time") as say:
        say(str(refused(lambda: walk.browser().open_door(token, PASSWORD), 410)))
    with walk.step("A wrong password, and an address that nobody has, get the same answer") as say:
        wrong = refused(lambda: walk.browser().sign_in(walk.email("owner"), "not the password"), 401)
        nobody = refused(lambda: walk.browser().sign_in(walk.email("nobody"), "not the password"), 401)
        expect(wrong.body["detail"], nobody.body["detail"])
        say(str(wrong))
    with walk.step("A forgotten password: a mail, a new one, and the old one is over") as say:
        walk.browser().post("/api/password/forgotten", {"email": walk.email("owner")})
        _, link = walk.mailbox.take(walk.email("owner"), "/door#")
        walk.who["owner"] = walk.browser().open_door(link.partition("#")[2], NEW_PASSWORD)
        say(str(refused(lambda: walk.browser().sign_in(walk.email("owner"), PASSWORD), 401)))
    with walk.step("Signed out everywhere, no browser can go on") as say:
        other = walk.browser().sign_in(walk.email("owner"), NEW_PASSWORD)
        walk.who["owner"].delete("/api/sessions")
        say(str(refused(lambda: other.post("/api/session/refresh"), 401)))
        walk.who["owner"] = walk.browser().sign_in(walk.email("owner"), NEW_PASSWORD)
    with walk.step("Two therapists are invited and come") as say:
        for name in ("Tilda Therapist", "Tom Colleague"):
            short = name.split()[0].lower()
            invited = walk.who["owner"].post(
                "/api/people", {"name": name, "email": walk.email(short), "roles": ["therapist"]}
            )
            walk.ids[short] = invited["person_id"]
            walk.who[short] = accept(walk.stack.origin, walk.mailbox, walk.email(short))
            say(f"{name}, {walk.who[short].me['roles'][0]}")
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
