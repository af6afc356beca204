// Print what four programs from npm read: of MP3s their chapters, of a feed its items, of WebVTT its faults.
// node readers.cjs KIND FILE..., KIND one of music-metadata, node-id3, partytime, webvtt; a JSON value a file.
const fs = require("node:fs");

const KINDS = {
  "music-metadata": async (path) => {
    const { parseFile } = await import("music-metadata");
    const { format } = await parseFile(path, { duration: true, includeChapters: true });
    return {
      duration_s: format.duration,
      chapters: (format.chapters ?? []).map((one) => ({
        start_ms: Math.round(one.start * 1000), end_ms: Math.round(one.end * 1000), title: one.title, picture: Boolean(one.image),
      })),
    };
  },
  "node-id3": async (path) => {
    const tags = require("node-id3").read(path);
    return {
      chapters: (tags.chapter ?? []).map((one) => ({
        id: one.elementID, start_ms: one.startTimeMs, end_ms: one.endTimeMs, title: one.tags.title,
        picture: Boolean(one.tags.image),
      })),
      contents: (tags.tableOfContents ?? []).map((one) => ({ ordered: one.isOrdered, children: one.elements })),
    };
  },
  partytime: async (path) =>
    require("podcast-partytime").parseFeed(fs.readFileSync(path, "utf8"), { allowMissingGuid: false }),
  webvtt: async (path) => {
    const { WebVTTParser } = require("webvtt-parser");
    const parsed = new WebVTTParser().parse(fs.readFileSync(path, "utf8"), "subtitles/captions/descriptions");
    return { errors: parsed.errors, cues: parsed.cues.length };
  },
};

(async () => {
  const [kind, ...paths] = process.argv.slice(2);
  for (const path of paths) console.log(JSON.stringify(await KINDS[kind](path)));
})();
