"""The proposed soundbite."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from narrate.episode.soundbite import soundbite
from narrate.model import Cue, Role
from narrate.model.episode import Soundbite


def cues(*spoken: tuple[Role, str | None, int, str]) -> list[Cue]:
    """Return cues of role, speaker, milliseconds and text, one after another."""
    made, position = [], 0
    for number, (role, speaker, length_ms, text) in enumerate(spoken):
        made.append(Cue(position, position + length_ms, 0, 0, role, speaker, number, text))
        position += length_ms + 300
    return made


def test_the_strongest_sentences_are_taken() -> None:
    """Of a long post, whole sentences in which somebody speaks of herself, asks and exclaims."""
    dull: list[tuple[Role, str | None, int, str]] = [
        ("post", "Ada", 8000, "Der Bericht nennt Zahlen.") for _ in range(6)
    ]
    strong: list[tuple[Role, str | None, int, str]] = [
        ("post", "Ada", 9000, "Ich habe nie so gefroren!"),
        ("post", "Ada", 9000, "Wer hilft uns?"),
    ]
    bite = soundbite(cues(*dull, *strong, *dull))
    assert bite is not None
    assert bite.start_ms <= 6 * 8300
    assert bite.start_ms + bite.duration_ms >= 6 * 8300 + 18_300
    assert bite.title.startswith("Ada: ")


def test_a_short_quote_takes_its_surroundings_along() -> None:
    """A quote of five seconds is no soundbite; with the reporter's words before it it is."""
    spoken = cues(("narration", None, 9000, "Sie lacht."), ("narration", None, 8000, "Sie sagt:"),
                  ("quote", "Ada", 5000, "Zu spät!"), ("narration", None, 9000, "Dann geht sie."))  # fmt: skip
    bite = soundbite(spoken)
    assert bite == Soundbite(start_ms=0, duration_ms=22_600, title="Ada: Zu spät!")


def test_without_a_quote_there_is_none() -> None:
    """What nobody is quoted in has no soundbite."""
    assert soundbite(cues(("narration", None, 30_000, "Ich bin da!"))) is None


ROLES = st.sampled_from(["quote", "post", "narration", "heading"])


@given(
    st.lists(st.tuples(ROLES, st.sampled_from([None, "Ada", "Ben"]), st.integers(200, 70_000), st.text(max_size=200)))
)
def test_it_is_whole_sentences_of_fifteen_to_sixty_seconds(spoken: list[tuple[Role, str | None, int, str]]) -> None:
    """Whatever is spoken, a soundbite begins with a cue, ends with one, and lasts 15 to 60 seconds."""
    made = cues(*spoken)
    bite = soundbite(made)
    if bite is not None:
        assert 15_000 <= bite.duration_ms <= 60_000
        assert bite.start_ms in {cue.start_ms for cue in made}
        assert bite.start_ms + bite.duration_ms in {cue.end_ms for cue in made}
        assert len(bite.title) <= 128
