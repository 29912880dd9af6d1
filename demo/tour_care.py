"""The tour, the loop itself: author, enrol, do, review, answer, go on."""

import json
from typing import Any

from demo.mailbox import until
from demo.steps import add_resource, answer, in_queue, ready, submit
from demo.walk import Walk, expect, refused

type Block = dict[str, Any]

MOVE: Block = {
    "kind": "exercise",
    "block_id": "move",
    "title": "Arms up",
    "instructions": "Slowly, **both** arms.",
    "sets": 2,
    "reps": 5,
    "ask_pain": True,
    "stop_above": 5,
}
SHOW: Block = {
    "kind": "recording",
    "block_id": "show",
    "prompt": "Show it once",
    "show": "From the side.",
    "longest_s": 60,
}
EASE: Block = {"kind": "scale", "block_id": "ease", "prompt": "How easy was it?", "low": "not at all", "high": "very"}


def author(walk: Walk) -> None:
    """Fill the library, write a program, publish, correct."""
    tilda = walk.who["tilda"]
    with walk.step("A therapist's own video (H.264) goes into the library and is made playable") as say:
        walk.ids["video"] = add_resource(tilda, "video", "Arms up", walk.clips.phone, "video/mp4")
        shown = tilda.get(f"/api/library/{walk.ids['video']}")
        say(f"{shown['state']}, {shown['duration_s']:.1f} s, {shown['width']} × {shown['height']}")
    with walk.step("A program of three lessons is written and seen as the client will see it") as say:
        program = tilda.post("/api/programs", {"title": "Arms up", "summary": "For the tour"})
        walk.ids["program"] = program["program_id"]
        for number in (1, 2, 3):
            program = tilda.post(f"{_program(walk)}/lessons", {"title": f"Part {number}", "minutes": 10})
            draft = program["lessons"][-1]
            video: Block = {
                "kind": "video",
                "block_id": "how",
                "resource_id": walk.ids["video"],
                "title": "How it is done",
            }
            words: Block = {"kind": "text", "block_id": "words", "title": "Frist", "markdown": "Sit *well*."}
            blocks = [words, video, MOVE, EASE, SHOW]
            _save(walk, draft, blocks)
        say(f"{len(tilda.get(_program(walk))['lessons'])} lessons")
    with walk.step("It is published; the mistake in it is corrected as version 2, and version 1 stays") as say:
        tilda.post(f"{_program(walk)}/versions", {"note": ""})
        for draft in tilda.get(_program(walk))["lessons"]:
            blocks = [block | ({"title": "First"} if block["block_id"] == "words" else {}) for block in draft["blocks"]]
            _save(walk, draft, blocks)
        published = tilda.post(f"{_program(walk)}/versions", {"note": "A letter in its place"})["published"]
        first = tilda.get(f"{_program(walk)}/versions/1")["lessons"][0]["blocks"][0]["title"]
        second = tilda.get(f"{_program(walk)}/versions/2")["lessons"][0]["blocks"][0]["title"]
        expect((len(published), first, second), (2, "Frist", "First"))
        say("version 1 says “Frist”, version 2 “First”")
    with walk.step("A stale save is refused, with both texts") as say:
        problem = refused(lambda: _save(walk, draft, []), 409)
        say(f"409, mine and theirs: {sorted(problem.body.keys() & {'current', 'yours'})}")


def enrol(walk: Walk) -> None:
    """Enrol the child in version 2."""
    with walk.step("The child is enrolled in version 2; the first lesson is open") as say:
        wanted = {"program_id": walk.ids["program"], "version": 2}
        enrolment = walk.who["tilda"].post(f"{walk.client}/enrolments", wanted)
        walk.ids["enrolment"] = enrolment["enrolment_id"]
        expect([line["state"] for line in enrolment["lessons"]], ["open", "ahead", "ahead"])
        say("open, ahead, ahead")


def do_first_lesson(walk: Walk) -> None:
    """Do the first lesson as the guardian."""
    greta = walk.who["greta"]
    with walk.step("The guardian opens today, then the lesson") as say:
        today = greta.get(f"{walk.client}/today")
        lesson = greta.get(_lesson(walk, 1))
        say(f"today: {today['lesson']['title']}, about {today['lesson']['minutes']} minutes, {today['lesson']['asks']}")
        say(f"{len(lesson['lesson']['blocks'])} blocks")
    with walk.step("Answers are kept as they are given; another device sees them, and cannot overwrite unseen") as say:
        answer(greta, _lesson(walk, 1), {"ease": 4, "move": {"sets": 2, "reps": 5, "pain": 3, "note": ""}})
        seen = walk.browser().sign_in(walk.email("greta"), "a calm evening walk").get(_lesson(walk, 1))
        expect(seen["answers"]["ease"]["value"], 4)
        problem = refused(lambda: greta.put(f"{_lesson(walk, 1)}/answers/ease", {"value": 9}, 0), 409)
        say(f"4 is kept; 9 came too late: {problem.type}")
    with walk.step("An answer that the scale does not have is refused and changes nothing") as say:
        say(str(refused(lambda: greta.put(f"{_lesson(walk, 1)}/answers/ease", {"value": 11}, 1), 422)))
    with walk.step("Submitting without the video names what is missing") as say:
        problem = refused(lambda: submit(greta, _lesson(walk, 1)), 422, "not-complete")
        say(f"missing: {problem.body['missing']}")
    with walk.step("A text that calls itself a video is refused with a sentence to act on") as say:
        recording_id = greta.send_recording(walk.ids["client"], _lesson(walk, 1), "show", walk.clips.text, "video/mp4")
        settled = _settled(walk, recording_id)
        expect(settled["state"], "rejected")
        say(settled["reason"])
        greta.delete(f"{_lesson(walk, 1)}/recordings/{recording_id}")
    with walk.step("The lesson is started again: a clean sheet") as say:
        fresh = greta.post(f"{_lesson(walk, 1)}/restart")
        expect(fresh["answers"], {})
        answer(greta, _lesson(walk, 1), {"ease": 5, "move": {"sets": 2, "reps": 5, "pain": 3, "note": "left first"}})
        say("no answers; then two new ones")


def send_first_lesson(walk: Walk) -> None:
    """Send it with a rotated HEVC video, in pieces, with every event twice."""
    greta = walk.who["greta"]
    with walk.step("A rotated HEVC MOV is uploaded part by part and submitted at once, twice") as say:
        recording_id = greta.send_recording(
            walk.ids["client"], _lesson(walk, 1), "show", walk.clips.rotated, "video/quicktime"
        )
        walk.ids["recording"] = recording_id
        sent, again = (submit(greta, _lesson(walk, 1), "It went well.", key=f"one-{walk.run}") for _ in range(2))
        expect(sent, again)
        walk.ids["submission"] = sent["submission_id"]
        say(f"submission {sent['submission_id']}, {sent['state']}; the second press: the same answer")
    with walk.step("It is made playable, upright, and stands in the queue") as say:
        line = in_queue(walk.who["tilda"], walk.ids["submission"])
        settled = _settled(walk, recording_id)
        expect((settled["state"], settled["height"] > settled["width"]), ("ready", True))
        say(f"{settled['width']} × {settled['height']}, {settled['duration_s']:.1f} s; in the queue: {line['what']}")
    with walk.step("The upload's event comes a second time and changes nothing") as say:
        before = _without_addresses(settled)
        repeat_upload_event(walk, recording_id)
        until("An empty queue of uploads", lambda: queue_is_empty(walk, "UploadsQueueUrl"))
        expect(_without_addresses(_settled(walk, recording_id)), before)
        expect(len(walk.who["tilda"].get("/api/queue")["lines"]), 1)
        say("one rendition, one line in the queue")
    with walk.step("A browser can seek in it (Range)") as say:
        part = greta.fetch(settled["play_url"], {"Range": "bytes=0-99"})
        expect((len(part), part[4:8]), (100, b"ftyp"))
        say("100 bytes of an MP4")


def review_from_the_link(walk: Walk) -> None:
    """Answer from the link in the mail."""
    with walk.step("The therapist gets a mail with a review link, and nothing about the client in it") as say:
        mail, link = walk.mailbox.take(walk.email("tilda"), "/r#")
        text = f"{mail['subject']} {mail['text']}"
        expect([word for word in ("Kim", "Arms", "knee", "pain") if word in text], [])
        token = link.partition("#")[2]
        say(f"“{mail['subject']}”, …/r#{token[:6]}…")
    with walk.step("Three scanners fetch the link; nothing happens") as say:
        for _ in range(3):
            walk.browser().fetch(link.partition("#")[0])
        say("three times the same page")
    with walk.step("The therapist presses the button; another browser is asked to sign in") as say:
        desk = walk.browser()
        opened = desk.post("/api/review-link", {"token": token})
        expect(opened["submission_id"], walk.ids["submission"])
        say(f"open until {opened['expires_at']}")
        say(str(refused(lambda: walk.browser().post("/api/review-link", {"token": token}), 401)))
    with walk.step("The link opens this one submission and nothing else") as say:
        review = desk.get("/api/review-link/review")
        say(f"pain {review['answers']['move']['value']['pain']}, ease {review['answers']['ease']['value']}")
        say(str(refused(lambda: desk.get("/api/queue"), 401)))
    with walk.step("Comments at moments of the video are kept as a draft, then sent: go on") as say:
        comments = [
            {"comment_id": f"at-{at:.0f}", "recording_id": walk.ids["recording"], "at_s": at, "text": text}
            for at, text in ((0.5, "A good start."), (2.0, "Slower here."))
        ]
        desk.put("/api/review-link/draft", {"comments": comments, "text": "", "decision": None}, 0)
        given = {"comments": comments, "text": "Well done. Now part 2.", "decision": "go_on"}
        answered = desk.post("/api/review-link/feedback", given)
        say(f"{len(answered['feedback']['comments'])} comments, {answered['feedback']['decision']}")
    with walk.step("A second therapist who answers the same gets a 409 with both texts") as say:
        late = {"comments": [], "text": "I would repeat it.", "decision": "again"}
        review = f"{walk.client}/submissions/{walk.ids['submission']}/review"
        problem = refused(lambda: walk.who["tom"].post(f"{review}/feedback", late), 409, "answered-already")
        expect((problem.body["current"]["text"], problem.body["yours"]["text"]), (given["text"], late["text"]))
        say("theirs and mine, both kept")
    with walk.step("The link is over now") as say:
        say(str(refused(lambda: walk.browser().post("/api/review-link", {"token": token}), 410)))


def second_round(walk: Walk) -> None:
    """See the feedback, do the next lesson with a browser's WebM, be asked to do it again, get it changed."""
    greta, tilda = walk.who["greta"], walk.who["tilda"]
    with walk.step("The guardian gets a mail, sees the comments at their moments; lesson 2 is open") as say:
        mail, link = walk.mailbox.take(walk.email("greta"), "/submissions/")
        seen = greta.get(f"{walk.client}/submissions/{walk.ids['submission']}")
        expect([comment["at_s"] for comment in seen["feedback"]["comments"]], [0.5, 2.0])
        greta.post(f"{walk.client}/submissions/{walk.ids['submission']}/seen")
        expect(greta.get(f"{walk.client}/today")["feedback"], [])
        expect(seen["next"]["number"], 2)
        say(f"“{mail['subject']}” → {link.partition('//')[2].partition('/')[2][:16]}…; next: {seen['next']['title']}")
    with walk.step("Lesson 2 with a WebM as a browser records it; the therapist says: do this again") as say:
        sent = _do(walk, 2)
        _feedback(walk, sent, "again")
        expect(_states(walk), ["done", "again", "ahead"])
        say("done, again, ahead")
    with walk.step("The lesson is changed by the therapist while the guardian does it; nothing is lost") as say:
        answer(greta, _lesson(walk, 2), {"ease": 6})
        old = greta.get(_lesson(walk, 2))
        _change(walk, old, "Part 2, gently")
        wanted = {"comment": "", "revision": old["revision"]}
        problem = refused(lambda: greta.post(f"{_lesson(walk, 2)}/submission", wanted), 409, "lesson-changed")
        expect(greta.get(_lesson(walk, 2))["answers"]["ease"]["value"], 6)
        say(f"{problem.type}; the answer is still there")
    with walk.step("Done again; the therapist changes the program before it goes on") as say:
        answer(greta, _lesson(walk, 2), {"move": {"sets": 2, "reps": 5, "pain": 2, "note": ""}})
        greta.send_recording(walk.ids["client"], _lesson(walk, 2), "show", walk.clips.browser, "video/webm")
        sent = submit(greta, _lesson(walk, 2))
        in_queue(tilda, sent["submission_id"])
        _feedback(walk, sent, "change")
        expect(_states(walk)[1], "changing")
        third = tilda.get(_lesson(walk, 3))
        _change(walk, third, "Part 3, for Kim")
        tilda.post(f"{_lesson(walk, 3)}/opening")
        expect(_states(walk), ["done", "done", "open"])
        say(f"changing, then: {greta.get(f'{walk.client}/today')['lesson']['title']}")


def look_back(walk: Walk) -> None:
    """Read the progress."""
    with walk.step("Progress adds up for both, from what was done") as say:
        mine = walk.who["greta"].get(f"{walk.client}/progress")
        theirs = walk.who["tilda"].get(f"{walk.client}/progress")
        expect(mine, theirs)
        for measure in mine["measures"]:
            values = ", ".join(f"{point['value']:g}" for point in measure["points"])
            say(f"{measure['label']}: {values} {measure['unit']}")
        say(f"{len(mine['days'])} practice day, lessons {mine['days'][0]['lessons']}")
    with walk.step("Who did what stands in the audit trail") as say:
        month = walk.who["owner"].get("/api/audit")["entries"]
        say(f"{len(month)} lines, the latest: {month[0]['name']}: {month[0]['action']}")


def _program(walk: Walk) -> str:
    return f"/api/programs/{walk.ids['program']}"


def _lesson(walk: Walk, number: int) -> str:
    return f"{walk.client}/enrolments/{walk.ids['enrolment']}/lessons/{number}"


def _save(walk: Walk, draft: dict[str, Any], blocks: list[dict[str, Any]]) -> None:
    changed = {"title": draft["title"], "minutes": draft["minutes"], "blocks": blocks}
    walk.who["tilda"].put(f"{_program(walk)}/lessons/{draft['lesson_id']}", changed, draft["version"])


def _change(walk: Walk, seen: dict[str, Any], title: str) -> None:
    changed = {"title": title, "minutes": seen["lesson"]["minutes"], "blocks": seen["lesson"]["blocks"]}
    path = f"{walk.client}/enrolments/{walk.ids['enrolment']}/lessons/{seen['number']}"
    walk.who["tilda"].put(path, changed, seen["revision"])


def _states(walk: Walk) -> list[str]:
    (enrolment,) = walk.who["greta"].get(f"{walk.client}/program")["enrolments"]
    return [line["state"] for line in enrolment["lessons"]]


def _do(walk: Walk, number: int) -> dict[str, Any]:
    """Do a lesson with the browser's WebM, up to its line in the queue."""
    greta = walk.who["greta"]
    answer(greta, _lesson(walk, number), {"ease": 3, "move": {"sets": 2, "reps": 5, "pain": 4, "note": ""}})
    greta.send_recording(walk.ids["client"], _lesson(walk, number), "show", walk.clips.browser, "video/webm")
    sent = submit(greta, _lesson(walk, number))
    in_queue(walk.who["tilda"], sent["submission_id"])
    return sent


def _feedback(walk: Walk, sent: dict[str, Any], decision: str) -> None:
    path = f"{walk.client}/submissions/{sent['submission_id']}/review/feedback"
    walk.who["tilda"].post(path, {"comments": [], "text": f"Decided: {decision}.", "decision": decision})


def _settled(walk: Walk, recording_id: str) -> dict[str, Any]:
    path = f"{walk.client}/recordings/{recording_id}"
    return until("The recording", lambda: ready(walk.who["greta"], path))


def _without_addresses(recording: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in recording.items() if not name.endswith("_url")}


def repeat_upload_event(walk: Walk, recording_id: str) -> None:
    """Send S3's event of an upload once more, as EventBridge may."""
    s3, bucket = walk.stack.account.client("s3"), walk.stack.outputs["UploadsBucket"]
    (found,) = [
        version
        for version in s3.list_object_versions(Bucket=bucket)["Versions"]
        if version["Key"].endswith(recording_id)
    ]
    event = {
        "version": "0",
        "id": "tour",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "detail": {
            "bucket": {"name": bucket},
            "object": {"key": found["Key"], "size": found["Size"], "version-id": found["VersionId"], "sequencer": "00"},
        },
    }
    walk.stack.account.client("sqs").send_message(
        QueueUrl=walk.stack.outputs["UploadsQueueUrl"], MessageBody=json.dumps(event)
    )


def queue_is_empty(walk: Walk, output: str) -> bool:
    """Tell whether nothing waits in a queue, and nothing is being done of it."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = walk.stack.account.client("sqs").get_queue_attributes(
        QueueUrl=walk.stack.outputs[output], AttributeNames=names
    )
    return all(found["Attributes"][name] == "0" for name in names)
