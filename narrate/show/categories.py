"""Apple's list of podcast categories, which every directory uses.

Source:
    podcasters.apple.com/support/1691-apple-podcasts-categories, as of November 2026.
"""

from __future__ import annotations

from difflib import get_close_matches

CATEGORIES: dict[str, tuple[str, ...]] = {
    "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
    "Business": ("Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "Health & Fitness": ("Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"),
    "History": (),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": (
        "Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden", "Video Games",
    ),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": (
        "Business News", "Daily News", "Entertainment News", "News Commentary", "Politics", "Sports News", "Tech News",
    ),
    "Religion & Spirituality": (
        "Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality",
    ),
    "Science": (
        "Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics", "Natural Sciences", "Nature",
        "Physics", "Social Sciences",
    ),
    "Society & Culture": ("Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"),
    "Sports": (
        "Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf", "Hockey", "Rugby", "Running",
        "Soccer", "Swimming", "Tennis", "Volleyball", "Wilderness", "Wrestling",
    ),
    "Technology": (),
    "True Crime": (),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
}  # fmt: skip


def parse_category(text: str) -> tuple[str, str | None]:
    """Read a category: ``News``, ``News > Politics``, or a subcategory alone.

    Returns:
        Category and subcategory, spelt as Apple does.

    Raises:
        ValueError: Apple has no such category; the message names the nearest.
    """
    wanted = [part.strip().casefold() for part in text.split(">")]
    for category, below in CATEGORIES.items():
        for name in (None, *below):
            path = [category.casefold(), *([name.casefold()] if name else [])]
            if wanted == path or (name and wanted == [name.casefold()]):
                return category, name
    known = [*CATEGORIES, *(name for below in CATEGORIES.values() for name in below)]
    near = get_close_matches(text.rpartition(">")[2].strip(), known, 1, 0.4)
    raise ValueError(f"one of Apple's categories{f', perhaps {near[0]!r}' if near else ''}")
