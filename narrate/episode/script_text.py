"""A script as an episode keeps it."""

from __future__ import annotations

from narrate.model import Script
from narrate.model.episode import ScriptLine, ScriptPart, ScriptText


def script_text(script: Script) -> ScriptText:
    """Return a script as it stands in ``episode.json``."""
    return ScriptText(
        title=script.title,
        teaser=script.teaser,
        author=script.author,
        published=script.published,
        url=script.url,
        language=script.language,
        image=script.image,
        omitted=script.omitted,
        sections=tuple(
            ScriptPart(
                heading=section.heading,
                image=section.image,
                anchor=section.anchor,
                segments=tuple(
                    ScriptLine(
                        role=segment.role,
                        speaker=segment.speaker.name if segment.speaker else None,
                        gender=segment.speaker.gender if segment.speaker else None,
                        starts_paragraph=segment.starts_paragraph,
                        text=segment.text,
                    )
                    for segment in section.segments
                ),
            )
            for section in script.sections
        ),
    )
