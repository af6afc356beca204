"""The nouns: frozen values that the pipeline hands on, units in their names."""

from narrate.model.article import Article, ArticleSection, PictureSource, Quoted
from narrate.model.script import Gender, Role, Script, ScriptSection, Segment, Speaker
from narrate.model.speech import Boundary, Mark, Progress, Sounds, Speech, Take, Utterance, Voice
from narrate.model.timeline import Chapter, Cue

__all__ = [
    "Article", "ArticleSection", "Boundary", "Chapter", "Cue", "Gender", "Mark", "PictureSource", "Progress", "Quoted",
    "Role", "Script", "ScriptSection", "Segment", "Sounds", "Speaker", "Speech", "Take", "Utterance", "Voice",
]  # fmt: skip
