"""Audio: decoding, measuring, levelling, mixing, encoding, and the timeline."""
