"""What is said about German itself: where sentences end, how it is read aloud, how much is said in one breath."""

from narrate.german.sentences import sentence_spans, sentences
from narrate.german.spoken import verbalize
from narrate.german.utterances import utterances

__all__ = ["sentence_spans", "sentences", "utterances", "verbalize"]
