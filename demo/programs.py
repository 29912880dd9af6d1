"""What the demo practice teaches. The exercises are examples, not advice."""

from typing import Any

type Blocks = list[dict[str, Any]]


def quiet_sounds(video_id: str, picture_id: str, sheet_id: str) -> list[tuple[str, int, Blocks]]:
    """Four lessons of a speech program for children, as (title, minutes, blocks)."""
    return [
        (
            "Quiet sounds: sh alone",
            8,
            [
                _text(
                    "hello",
                    "Before you start",
                    "Sit where you can both see a mirror. Five minutes when nobody is tired is better than "
                    "fifteen at bedtime.\n\n**Round lips, tongue back, and let the air go quietly.** "
                    "It is the sound for *be quiet*.",
                ),
                {
                    "kind": "image",
                    "block_id": "mouth",
                    "resource_id": picture_id,
                    "alt": "A child with rounded lips holds a finger up and says sh; a mirror stands beside.",
                    "caption": "Lips round, as for a kiss",
                },
                {"kind": "video", "block_id": "shown", "resource_id": video_id, "title": "How the sound is made"},
                _scale("ease", "How easy was it today?", "not at all", "very easy"),
                _video("sh", "Three times sh", "Film the face, close, in daylight. Three tries are enough.", 120),
            ],
        ),
        (
            "Quiet sounds: sh in words",
            12,
            [
                _text(
                    "words",
                    "Five words",
                    "Say each one slowly, then as you usually would: *ship, shoe, shell, fish, dish*.",
                ),
                {
                    "kind": "document",
                    "block_id": "sheet",
                    "resource_id": sheet_id,
                    "title": "The five words as pictures",
                },
                _choice("best", "Which word went best?", ["ship", "shoe", "shell", "fish", "dish"]),
                _scale("ease", "How easy was it today?", "not at all", "very easy"),
                _video("fish", "Say fish three times", "Film the face, close, in daylight.", 120),
            ],
        ),
        (
            "Quiet sounds: sh in a sentence",
            12,
            [
                _text("sentence", "One sentence", "*She has a shiny shoe.* Clap on every sh."),
                _scale("ease", "How easy was it today?", "not at all", "very easy"),
                {
                    "kind": "recording",
                    "block_id": "voice",
                    "prompt": "The sentence, twice",
                    "show": "Only the voice this time.",
                    "media": "audio",
                    "longest_s": 60,
                },
            ],
        ),
        (
            "Quiet sounds: at the table",
            15,
            [
                _text(
                    "table",
                    "In the middle of things",
                    "Count the sh that come by themselves during one meal. Correct none.",
                ),
                {
                    "kind": "number",
                    "block_id": "heard",
                    "prompt": "How many did you hear?",
                    "unit": "times",
                    "least": 0,
                    "most": 500,
                },
                {"kind": "long_text", "block_id": "noticed", "prompt": "What did you notice?", "required": False},
            ],
        ),
    ]


def steady_knee(video_id: str) -> list[tuple[str, int, Blocks]]:
    """Four lessons of an exercise program after a knee operation.

    The exercise keeps its block id from lesson to lesson, so that its pain is one line in the progress.
    """
    return [
        (
            "Standing up",
            10,
            [
                _text(
                    "why", "Why this one", "Standing up without hands is the first thing a knee has to do on its own."
                ),
                _exercise(
                    "knee",
                    "Stand up from the chair",
                    video_id,
                    3,
                    8,
                    0,
                    "Push through the heels. Use a higher chair if you need your hands.",
                ),
                {"kind": "short_text", "block_id": "stairs", "prompt": "How were the stairs today?", "required": False},
            ],
        ),
        (
            "Knee bend at the chair",
            12,
            [
                _text("place", "A place for it", "A chair behind you, a table in front of you, shoes on."),
                _exercise(
                    "knee",
                    "Knee bend at the chair",
                    video_id,
                    3,
                    8,
                    3,
                    "Push your hips back as if to sit. Stop when the chair touches you.",
                ),
                {"kind": "short_text", "block_id": "stairs", "prompt": "How were the stairs today?", "required": False},
                _video(
                    "side",
                    "One set, filmed from the side",
                    "Put the phone on a chair, two steps away. We want to see hip, knee and foot.",
                    180,
                ),
            ],
        ),
        (
            "One step up",
            12,
            [
                _exercise(
                    "knee", "Step up", video_id, 3, 10, 0, "Lead with the operated leg. Hold the rail with two fingers."
                ),
                {
                    "kind": "several",
                    "block_id": "where",
                    "prompt": "Where did you feel it?",
                    "options": ["front of the knee", "inside", "outside", "thigh", "nowhere"],
                },
                _video("up", "Five steps, filmed from the side", "The whole leg in the picture.", 180),
            ],
        ),
        (
            "Down again",
            15,
            [
                _exercise("knee", "Step down slowly", video_id, 3, 6, 3, "Three seconds down. The heel touches first."),
                {
                    "kind": "link",
                    "block_id": "walk",
                    "url": "https://www.openstreetmap.org/",
                    "label": "Plan a walk without steps",
                    "note": "It opens outside; nothing is sent from here.",
                },
                {
                    "kind": "long_text",
                    "block_id": "week",
                    "prompt": "What could you do this week that you could not before?",
                },
            ],
        ),
    ]


def _text(block_id: str, title: str, markdown: str) -> dict[str, Any]:
    return {"kind": "text", "block_id": block_id, "title": title, "markdown": markdown}


def _scale(block_id: str, prompt: str, low: str, high: str) -> dict[str, Any]:
    return {"kind": "scale", "block_id": block_id, "prompt": prompt, "low": low, "high": high}


def _choice(block_id: str, prompt: str, options: list[str]) -> dict[str, Any]:
    return {"kind": "choice", "block_id": block_id, "prompt": prompt, "options": options}


def _video(block_id: str, prompt: str, show: str, longest_s: int) -> dict[str, Any]:
    return {
        "kind": "recording",
        "block_id": block_id,
        "prompt": prompt,
        "show": show,
        "media": "video",
        "longest_s": longest_s,
    }


def _exercise(block_id: str, title: str, video_id: str, sets: int, reps: int, hold_s: int, how: str) -> dict[str, Any]:
    return {
        "kind": "exercise",
        "block_id": block_id,
        "title": title,
        "instructions": how,
        "sets": sets,
        "reps": reps,
        "hold_s": hold_s,
        "resource_id": video_id,
        "ask_pain": True,
        "pain_of": "your knee",
        "stop_above": 5,
    }
