"""What a user would write for it: espeak-ng for each paragraph, pydub to join them, one MP3 an article.

``python plain_script.py OUT ARTICLE...`` needs the commands espeak-ng and ffmpeg.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from pydub import AudioSegment

GAP_MS = 600


def make(article: Path, target: Path) -> None:
    """Read an article aloud in one voice."""
    lines = [line.strip() for line in article.read_text("utf-8").splitlines()]
    paragraphs = [line for line in lines if line]
    gap = AudioSegment.silent(duration=GAP_MS)
    episode = AudioSegment.empty()
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "paragraph.wav"
        for paragraph in paragraphs:
            command = ["espeak-ng", "-v", "de", "-w", str(spoken), "--stdin"]
            subprocess.run(command, input=paragraph.encode(), check=True)
            episode += AudioSegment.from_wav(spoken) + gap
    # Podcast hosts ask for 44.1 kHz; espeak-ng speaks at 22.05.
    episode = episode.set_frame_rate(44100)
    episode.export(target, format="mp3", bitrate="96k", tags={"title": paragraphs[0]}).close()


if __name__ == "__main__":
    for name in sys.argv[2:]:
        make(Path(name), Path(sys.argv[1]) / f"{Path(name).stem}.mp3")
