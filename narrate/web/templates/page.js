(() => {
  "use strict";

  const page = JSON.parse(document.getElementById("played").textContent);
  const audio = document.querySelector("audio");
  const cues = page.cues.map((_, number) => document.getElementById(`s${number}`));
  const chapters = [...document.querySelectorAll("a[data-chapter]")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // A compact look inside a frame; without this script the frame shows the whole page.
  if (new URLSearchParams(location.search).has("embed")) document.documentElement.classList.add("embedded");
  for (const element of document.querySelectorAll(".scripted")) element.hidden = false;

  // Copying

  const say = (element, words) => {
    element.textContent = "";
    setTimeout(() => { element.textContent = words; }, 50);
  };

  const copy = async (words) => {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch {
      return false;
    }
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const area = document.getElementById(button.dataset.copy);
      const copied = await copy(area.value);
      if (!copied) area.select();
      say(document.querySelector(".embed .status"), copied ? page.text.copied : page.text.not_copied);
    });
  }

  if (!audio) return;

  // Time: links say #t=75, #t=1:15 or #t=1:02:03; what comes behind a comma would be an end.

  const secondsOf = (hash) => {
    const found = /[#&]t=([0-9:.]+)/.exec(hash);
    if (!found) return null;
    const parts = found[1].split(":").map(Number);
    if (parts.length > 3 || parts.some(Number.isNaN)) return null;
    return parts.reduce((sum, part) => sum * 60 + part, 0);
  };

  // The last one that has begun; -1 before the first.
  const lastBegun = (starts, ms) => {
    let low = 0, high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= ms) low = middle + 1; else high = middle;
    }
    return low - 1;
  };

  const cueStarts = page.cues.map(([start]) => start);
  const chapterStarts = page.chapters.map(([start]) => start);
  // A player may stop a little short of where it was sent.
  const NEAR_MS = 30;
  const nowMs = () => (wanted ?? audio.currentTime) * 1000 + NEAR_MS;

  // Where to go once the player knows how long the sound is.
  let wanted = null;

  const seek = (seconds, play) => {
    const place = Math.min(Math.max(seconds, 0), page.duration / 1000);
    if (audio.readyState >= 1) {
      audio.currentTime = place;
    } else {
      wanted = place;
      audio.preload = "auto";
      if (audio.networkState !== 2) audio.load();
    }
    if (play) audio.play().catch(() => {});
    show(true);
  };

  audio.addEventListener("loadedmetadata", () => {
    if (wanted !== null) audio.currentTime = wanted;
    wanted = null;
    show(false);
  });

  // Highlighting

  let cue = -1, chapter = -1, word = -1;
  const marks = window.Highlight && CSS.highlights ? new Highlight() : null;
  if (marks) CSS.highlights.set("word", marks);
  const unheard = document.querySelector(".unheard");
  const width = unheard ? unheard.ownerSVGElement.viewBox.baseVal.width : 0;

  const show = (sought) => {
    const ms = nowMs();
    if (unheard) {
      // Before it begins the picture is shown as it is.
      const place = ms > NEAR_MS ? Math.min(ms / page.duration, 1) * width : width;
      unheard.setAttribute("x", place);
      unheard.setAttribute("width", width - place);
    }
    showChapter(lastBegun(chapterStarts, ms));
    showCue(lastBegun(cueStarts, ms), sought);
    showWord(ms);
  };

  const showChapter = (number) => {
    if (number === chapter) return;
    chapters.forEach((link, place) => {
      if (place === number) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
    chapter = number;
  };

  const showCue = (number, sought) => {
    if (number === cue) return;
    if (cues[cue]) {
      cues[cue].classList.remove("now");
      cues[cue].removeAttribute("aria-current");
    }
    cue = number;
    word = -1;
    if (marks) marks.clear();
    if (!cues[cue]) return;
    cues[cue].classList.add("now");
    cues[cue].setAttribute("aria-current", "true");
    if (!document.activeElement || !document.activeElement.classList.contains("cue")) reach(cue);
    if (follow.checked && !away && (sought || !audio.paused)) scrollTo(cues[cue]);
  };

  const showWord = (ms) => {
    const times = page.words[cue];
    if (!marks || !times || !times.length) return;
    let found = -1;
    for (let at = 0; at < times.length; at += 4) if (times[at + 2] <= ms && ms < times[at + 3]) found = at;
    if (found === word) return;
    word = found;
    marks.clear();
    const node = cues[cue].firstChild;
    if (found < 0 || !node) return;
    // Python counts whole characters, a browser halves of the rare ones.
    const units = (count) => Array.from(node.data).slice(0, count).join("").length;
    const range = document.createRange();
    range.setStart(node, units(times[found]));
    range.setEnd(node, units(times[found + 1]));
    marks.add(range);
  };

  let running = 0;
  const run = () => {
    show(false);
    running = audio.paused ? 0 : requestAnimationFrame(run);
  };
  audio.addEventListener("play", () => { away = false; if (!running) run(); });
  audio.addEventListener("timeupdate", () => show(false));
  audio.addEventListener("seeked", () => show(false));

  // Scrolling, only as long as the reader has not scrolled away

  const follow = document.querySelector(".follow input");
  let away = false, ownUntil = 0;

  const visible = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > document.querySelector(".player").getBoundingClientRect().bottom && box.top < innerHeight;
  };

  const scrollTo = (element) => {
    const box = element.getBoundingClientRect();
    if (box.top > innerHeight * 0.3 && box.bottom < innerHeight * 0.8) return;
    ownUntil = performance.now() + 1000;
    element.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  };

  addEventListener("scroll", () => {
    if (performance.now() > ownUntil && cues[cue]) away = !visible(cues[cue]);
  }, { passive: true });
  for (const kind of ["wheel", "touchmove"]) addEventListener(kind, () => { ownUntil = 0; }, { passive: true });
  follow.addEventListener("change", () => {
    away = false;
    if (follow.checked && cues[cue]) scrollTo(cues[cue]);
  });

  // Seeking by chapter, sentence and picture

  const linkTo = (seconds) => `#t=${Math.floor(seconds * 1000) / 1000}`;

  chapters.forEach((link) => {
    const seconds = chapterStarts[Number(link.dataset.chapter)] / 1000;
    link.href = linkTo(seconds);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      away = false;
      seek(seconds, true);
    });
  });

  // One sentence is reached with Tab, the others from it with the arrow keys.
  let reached = -1;
  const reach = (number) => {
    if (cues[reached]) cues[reached].tabIndex = -1;
    reached = number;
    if (cues[reached]) cues[reached].tabIndex = 0;
  };

  const transcript = document.querySelector(".transcript");
  cues.forEach((link, number) => {
    if (!link) return;
    link.href = linkTo(cueStarts[number] / 1000);
    link.tabIndex = -1;
  });
  reach(0);

  transcript.addEventListener("click", (event) => {
    const link = event.target.closest(".cue");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // Who marks words to copy them does not want to hear them.
    if (String(getSelection())) return;
    away = false;
    const number = cues.indexOf(link);
    reach(number);
    seek(cueStarts[number] / 1000, true);
  });

  const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
  transcript.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const at = cues.indexOf(document.activeElement);
    if (!step || at < 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    reach(Math.min(Math.max(at + step, 0), cues.length - 1));
    cues[reached].focus();
  });

  const wave = document.querySelector(".wave");
  if (wave) {
    wave.addEventListener("click", (event) => {
      const box = wave.getBoundingClientRect();
      seek(((event.clientX - box.left) / box.width) * (page.duration / 1000), false);
    });
  }

  // Tools

  for (const button of document.querySelectorAll("[data-skip]")) {
    button.addEventListener("click", () => seek(audio.currentTime + Number(button.dataset.skip), false));
  }
  const rates = [...document.querySelectorAll("[data-rate]")];
  for (const button of rates) {
    button.addEventListener("click", () => { audio.playbackRate = Number(button.dataset.rate); });
  }
  audio.addEventListener("ratechange", () => {
    for (const button of rates) button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === audio.playbackRate));
  });

  document.querySelector(".share").addEventListener("click", async () => {
    const canonical = document.querySelector("link[rel=canonical]");
    const address = new URL(canonical ? canonical.href : location.href);
    address.hash = `t=${Math.floor(audio.currentTime)}`;
    const copied = await copy(address.href);
    say(document.querySelector(".tools .status"), `${copied ? page.text.copied_link : page.text.not_copied} ${address.href}`);
  });

  // Single keys work only while the focus is in the player or the text (WCAG 2.1.4).
  const KEYS = {
    k: () => { if (audio.paused) audio.play().catch(() => {}); else audio.pause(); },
    j: () => seek(audio.currentTime - 10, false),
    l: () => seek(audio.currentTime + 10, false),
  };
  for (const place of document.querySelectorAll(".player, .tools, .transcript")) {
    place.addEventListener("keydown", (event) => {
      const act = KEYS[event.key.toLowerCase()];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
  }

  // Links to a time

  const goToHash = () => {
    const seconds = secondsOf(location.hash);
    if (seconds === null) return;
    away = false;
    seek(seconds, false);
  };
  addEventListener("hashchange", goToHash);
  goToHash();
  show(false);

  // Chapters and title for the system's own controls; nothing is fetched for them.
  const track = audio.addTextTrack("chapters", "", document.documentElement.lang);
  for (const [start, end, title] of page.chapters) {
    if (end > start) track.addCue(new VTTCue(start / 1000, end / 1000, title));
  }
  track.mode = "hidden";
  if ("mediaSession" in navigator && window.MediaMetadata) {
    const artwork = page.cover && location.protocol !== "file:" ? [{ src: page.cover, type: "image/jpeg" }] : [];
    navigator.mediaSession.metadata = new MediaMetadata({ title: page.title, artist: page.artist, artwork });
  }
})();
