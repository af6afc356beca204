"""Who is who in an article: full names, aliases, role nouns, gender, and where they are mentioned."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from narrate.german.abbreviations import STARTERS
from narrate.model import Gender, Speaker
from narrate.script.first_names import gender_of, is_first_name
from narrate.script.names import TITLES, TOKEN, evident, full_name, role_after, role_before, run_end
from narrate.script.words import TIMES, role_gender


@dataclass(eq=False, slots=True)
class Person:
    """Somebody named in the article.

    Attributes:
        name: Full name, without titles.
        votes: What the text says of the person's gender.
        roles: Role nouns used of the person, in lower case.
        places: Paragraph and offset of each mention, in order.
    """

    name: str
    votes: Counter[Gender] = field(default_factory=Counter)
    roles: set[str] = field(default_factory=set)
    places: list[tuple[int, int]] = field(default_factory=list)

    @property
    def surname(self) -> str:
        """The last word of the name."""
        return self.name.rpartition(" ")[2]

    @property
    def gender(self) -> Gender | None:
        """Gender by the text, else by the first name, else None."""
        ranked = self.votes.most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            return ranked[0][0]
        return gender_of(self.name.partition(" ")[0]) if " " in self.name else None

    def speaker(self) -> Speaker:
        """Return the person as somebody quoted."""
        return Speaker(self.name, self.gender)


class People:
    """Everybody named in an article, found by full name or alias."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self.by_name: dict[str, Person] = {}
        self._by_surname: dict[str, list[Person]] = {}
        self._by_first: dict[str, list[Person]] = {}
        tokens = [[(match[0], match.start()) for match in TOKEN.finditer(text)] for text in paragraphs]
        for paragraph in tokens:
            self._collect([word for word, _ in paragraph])
        self._merge_genitives()
        self._index()
        self._mentions: list[tuple[int, int, Person]] = []
        for number, paragraph in enumerate(tokens):
            self._locate(number, paragraph)

    def _collect(self, words: list[str]) -> None:
        at = 0
        while at < len(words):
            end = run_end(words, at)
            if end > at:
                self._consider(words, at, end)
            at = max(at + 1, end)

    def _consider(self, words: list[str], start: int, end: int) -> None:
        """Look for a full name in a run of capitalised words."""
        titled = False
        while start < end and (words[start] in TITLES or words[start] in STARTERS or words[start] in TIMES):
            titled = words[start] in TITLES
            start += 1
        roles: list[tuple[str, Gender | None]] = []
        while start < end and not is_first_name(words[start]) and role_gender(words[start])[0]:
            roles.append((words[start], role_gender(words[start])[1]))
            start += 1
        while start < end and words[start] in TITLES:
            titled = True
            start += 1
        first = next((at for at in range(start, end) if is_first_name(words[at])), None)
        if first is not None and first > start and not roles:
            start = first
        elif first is None and not (roles or titled or evident(words, start, end)):
            return
        name = full_name(words[start:end])
        if name is None:
            return
        person = self.by_name.setdefault(name, Person(name))
        self._describe(person, words, start - len(roles), end, roles)

    def _describe(
        self, person: Person, words: list[str], start: int, end: int, roles: list[tuple[str, Gender | None]]
    ) -> None:
        """Note role nouns and gender from the words around a name."""
        before = words[start - 1] if start else ""
        if before in {"Herr", "Herrn", "Frau"} or (start < end and words[start] in {"Herr", "Herrn", "Frau"}):
            person.votes["f" if "Frau" in (before, words[start]) else "m"] += 3
        described = roles + role_before(words, start) + role_after(words, end)
        for role, gender in described:
            person.roles.add(role.lower())
            if gender:
                person.votes[gender] += 2

    def _merge_genitives(self) -> None:
        for name in [name for name in self.by_name if name.endswith(("s", "’"))]:
            other = self.by_name.get(name[:-1])
            if other is not None:
                person = self.by_name.pop(name)
                other.votes.update(person.votes)
                other.roles |= person.roles

    def _index(self) -> None:
        for person in self.by_name.values():
            self._by_surname.setdefault(person.surname, []).append(person)
            if " " in person.name:
                self._by_first.setdefault(person.name.partition(" ")[0], []).append(person)

    def _locate(self, number: int, tokens: list[tuple[str, int]]) -> None:
        for at, (word, offset) in enumerate(tokens):
            before = tokens[at - 1][0] if at else ""
            found = self.named(word) or (self.named(word[:-1]) if word.endswith(("s", "’")) else None)
            if found is None and len(self._by_surname.get(word, ())) > 1:
                found = self.by_name.get(f"{before} {word}")
            if found is None:
                continue
            person = found
            if is_first_name(before) and before != person.name.partition(" ")[0]:
                other = self.by_name.get(f"{before} {word}")
                person = other or person
            person.places.append((number, offset))
            self._mentions.append((number, offset, person))

    def add(self, name: str) -> Person:
        """Return somebody known by a surname only; known from now on."""
        person = self.by_name.setdefault(name, Person(name))
        if person not in self._by_surname.setdefault(person.surname, []):
            self._by_surname[person.surname].append(person)
        return person

    def named(self, surname: str) -> Person | None:
        """Return the one person of a surname, or None."""
        found = self._by_surname.get(surname, ())
        return found[0] if len(found) == 1 else None

    def called(self, words: Sequence[str]) -> Person | None:
        """Return the person that a noun phrase names: full name, surname or first name."""
        joined = " ".join(word for word in words if word not in TITLES)
        for word in words:
            for person in self._by_surname.get(word, ()):
                if person.name in joined:
                    return person
        for word in reversed(words):
            alone = self.named(word)
            if alone is not None:
                return alone
        for word in words:
            found = self._by_first.get(word, ())
            if len(found) == 1:
                return found[0]
        return None

    def of_surname(self, words: Sequence[str], paragraph: int, offset: int) -> Person | None:
        """Return whom a surname means that several share: the one of them named so far, or last in the paragraph.

        Args:
            words: Of the noun phrase; Frau and Herr count.
            paragraph: Where it stands.
            offset: In its paragraph.
        """
        title: Gender | None = "f" if "Frau" in words else "m" if "Herr" in words else None
        same = [
            person for person in self._by_surname.get(words[-1], ()) if title is None or person.gender in (title, None)
        ]
        if len(same) == 1:
            return same[0]
        told = [person for _, _, person in self._mentions[: self._at(paragraph, offset)] if person in same]
        if len(set(map(id, told))) == 1:
            return told[0]
        here = [person for person in self.mentions(paragraph, 0, offset) if person in same]
        return here[-1] if here else None

    def with_role(self, role: str, gender: Gender | None) -> Person | None:
        """Return the one person that a role noun was used of, or None."""
        wanted = role.lower()
        found = [
            person
            for person in self.by_name.values()
            if any(own == wanted or own.endswith(wanted) or wanted.endswith(own) for own in person.roles)
            and (gender is None or person.gender in (gender, None))
        ]
        return found[0] if len(found) == 1 else None

    def before(self, paragraph: int, offset: int, gender: Gender, reach: int = 4) -> Person | None:
        """Return the person of a gender mentioned last before a place, or None."""
        at = self._at(paragraph, offset)
        for number, _, person in reversed(self._mentions[max(0, at - 40) : at]):
            if number < paragraph - reach:
                break
            if person.gender in (gender, None):
                return person
        return None

    def near(self, paragraph: int, offset: int) -> set[Person]:
        """Return who is mentioned before a place in its paragraph and the one before."""
        return {person for _, _, person in self._mentions[self._at(paragraph - 1, 0) : self._at(paragraph, offset)]}

    def _at(self, paragraph: int, offset: int) -> int:
        return bisect_left(self._mentions, (paragraph, offset), key=lambda mention: (mention[0], mention[1]))

    def mentions(self, paragraph: int, start: int, end: int) -> list[Person]:
        """Return who is mentioned in a stretch of a paragraph, in order."""
        low, high = self._at(paragraph, start), self._at(paragraph, end)
        return [person for _, _, person in self._mentions[low:high]]
