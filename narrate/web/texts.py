"""The words of the pages themselves, in German and in English."""

from __future__ import annotations

from datetime import date

GERMAN = {
    "lang": "de",
    "notice": "Dieser Beitrag wurde mit synthetischen Stimmen vertont.",
    "notice_label": "Hinweis",
    "reporter": "Reporter",
    "skip": "Zum Text springen",
    "by": "Von",
    "published": "Veröffentlicht",
    "updated": "Aktualisiert am",
    "duration": "Dauer",
    "minutes": "Min.",
    "cover": "Titelbild",
    "player": "Hören",
    "no_audio": "Ihr Browser spielt diesen Ton nicht ab; laden Sie die Datei herunter.",
    "captions": "Text zum Mitlesen",
    "tools": "Bedienung",
    "speed": "Tempo",
    "back": "10 Sekunden zurück",
    "forward": "10 Sekunden vor",
    "share": "Link zu dieser Stelle",
    "follow": "Mitlesen: Text folgt dem Ton",
    "keyboard": "Tastatur",
    "keyboard_how": "Im Text wählen die Pfeiltasten einen Satz; die Eingabetaste spielt von dort. Solange der Fokus im "
    "Player oder im Text steht: K startet und hält an, J springt 10 Sekunden zurück, L 10 Sekunden vor.",
    "chapters": "Kapitel",
    "chapter_link": "Mehr dazu",
    "chapter_picture": "Bild zum Kapitel",
    "voices": "Stimmen",
    "transcript": "Text zum Mitlesen",
    "transcript_how": "Ein Klick auf einen Satz spielt von dort.",
    "post": "Im Wortlaut",
    "quote": "Zitat",
    "downloads": "Herunterladen",
    "whole": "Ganze Episode (MP3)",
    "clips": "Einzelne Kapitel (MP3)",
    "as_vtt": "Untertitel mit Namen (WebVTT)",
    "as_srt": "Untertitel (SRT)",
    "as_json": "Text mit Zeiten (JSON)",
    "as_html": "Text zum Lesen (HTML)",
    "as_txt": "Reiner Text (TXT)",
    "embed": "Einbetten",
    "embed_page": "Player mit Kapiteln",
    "embed_audio": "Nur der Ton, mit Untertiteln",
    "embed_how": "Die Pfade sind relativ: Setzen Sie die Adresse davor, unter der dieser Ordner liegt.",
    "copy_it": "Kopieren",
    "copied": "Kopiert",
    "copied_link": "Link kopiert:",
    "not_copied": "Bitte von Hand kopieren:",
    "article": "Zum Artikel",
    "show": "Alle Episoden",
    "feed": "Als Podcast abonnieren",
    "open_page": "Mit Text zum Mitlesen öffnen",
    "episodes": "Episoden",
    "no_episodes": "Noch keine Episoden.",
    "more_episodes": "Weitere Episoden",
    "newer": "Neuere Episoden",
    "older": "Ältere Episoden",
    "website": "Website",
    "support": "Unterstützen",
    "rights": "Rechte",
}
ENGLISH = {
    "lang": "en",
    "notice": "This article is read by synthetic voices.",
    "notice_label": "Notice",
    "reporter": "Reporter",
    "skip": "Skip to the text",
    "by": "By",
    "published": "Published",
    "updated": "Updated on",
    "duration": "Length",
    "minutes": "min",
    "cover": "Cover",
    "player": "Listen",
    "no_audio": "Your browser cannot play this audio; download the file.",
    "captions": "Text to read along",
    "tools": "Controls",
    "speed": "Speed",
    "back": "Back 10 seconds",
    "forward": "Forward 10 seconds",
    "share": "Link to this moment",
    "follow": "Read along: the text follows the audio",
    "keyboard": "Keyboard",
    "keyboard_how": "In the text, the arrow keys choose a sentence and Enter plays from there. While the focus is in "
    "the player or the text: K plays and pauses, J goes back 10 seconds, L forward 10 seconds.",
    "chapters": "Chapters",
    "chapter_link": "More about this",
    "chapter_picture": "Picture of the chapter",
    "voices": "Voices",
    "transcript": "Text to read along",
    "transcript_how": "Click a sentence to play from there.",
    "post": "In full",
    "quote": "Quote",
    "downloads": "Download",
    "whole": "Whole episode (MP3)",
    "clips": "Single chapters (MP3)",
    "as_vtt": "Captions with names (WebVTT)",
    "as_srt": "Captions (SRT)",
    "as_json": "Text with times (JSON)",
    "as_html": "Text to read (HTML)",
    "as_txt": "Plain text (TXT)",
    "embed": "Embed",
    "embed_page": "Player with chapters",
    "embed_audio": "Sound only, with captions",
    "embed_how": "The paths are relative: put the address in front under which this folder is served.",
    "copy_it": "Copy",
    "copied": "Copied",
    "copied_link": "Link copied:",
    "not_copied": "Please copy by hand:",
    "article": "Read the article",
    "show": "All episodes",
    "feed": "Subscribe to the podcast",
    "open_page": "Open with the text to read along",
    "episodes": "Episodes",
    "no_episodes": "No episodes yet.",
    "more_episodes": "More episodes",
    "newer": "Newer episodes",
    "older": "Older episodes",
    "website": "Website",
    "support": "Support",
    "rights": "Rights",
}
MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def texts_in(language: str) -> dict[str, str]:
    """Return the interface for a language: English for English, German for all others."""
    return ENGLISH if language.lower().replace("_", "-").partition("-")[0] == "en" else GERMAN


def day_in(day: date, language: str) -> str:
    """Return a day as people write it."""
    return f"{day.day}{'.' if language == 'de' else ''} {MONTHS[language][day.month - 1]} {day.year}"


def clock(ms: int) -> str:
    """Return a time as M:SS, or H:MM:SS from an hour on."""
    seconds = max(ms, 0) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def megabytes(size_bytes: int, language: str) -> str:
    """Return a size for people."""
    text = f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 100_000 else f"{max(size_bytes / 1e3, 0.1):.1f} kB"
    return text.replace(".", ",") if language == "de" else text
