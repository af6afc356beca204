"""Which choice counts, and what is none."""

from __future__ import annotations

import inspect
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrate.model.errors import InputMissing, InputUnreadable, NarrateError
from narrate.model.settings import Settings
from narrate.settings import SETTINGS, choose, read_file, read_setting, show_folder, user_file
from narrate.settings.choosing import variable
from narrate.settings.values import read_value
from narrate.voices.engines import engine_names, opening


def written(path: Path, text: str) -> Path:
    """Write a configuration file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_nobody_chose_anything() -> None:
    """Without files, variables and options every key has the default of `Settings`, and says so."""
    chosen = choose({})
    assert set(chosen.values) == set(SETTINGS)
    assert set(chosen.origins.values()) == {"default"}
    assert chosen["gaps.chapter"] == Settings().gaps.chapter_ms
    assert chosen["engine"] == "auto"


def test_the_nearer_choice_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command line before variable before script before show before user before default, key by key."""
    user = written(user_file(), "".join(f"'voices'.'{who}' = 'e:user'\n" for who in "abcde"))
    show = written(tmp_path / "show.toml", "".join(f"voices.{who} = 'e:show'\n" for who in "abcd"))
    script = {f"voices.{who}": "e:script" for who in ("a", "b", "c", "reporter")}
    monkeypatch.setenv("NARRATE_VOICES_REPORTER", "e:variable")
    chosen = choose({"voices.a": "e:line", "voices.z": None}, script, tmp_path)
    assert chosen.table("voices") == {
        "a": "e:line", "b": "e:script", "c": "e:script", "d": "e:show", "e": "e:user", "reporter": "e:variable",
    }  # fmt: skip
    assert {who: chosen.origins[f"voices.{who}"] for who in ("a", "b", "d", "e", "reporter")} == {
        "a": "command line",
        "b": "script",
        "d": str(show),
        "e": str(user),
        "reporter": "NARRATE_VOICES_REPORTER",
    }


def test_every_key_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key is read from its variable as from a file: numbers as numbers, one of few as that one."""
    texts = {
        "gaps.chapter": ("1500", 1500), "loudness.target": ("-18", -18.0), "encoding.bitrate": ("128", 128),
        "emoji": ("named", "named"), "lexicon.files": (os.pathsep.join(["a.tsv", "b.tsv"]), ("a.tsv", "b.tsv")),
    }  # fmt: skip
    for key, (text, _) in texts.items():
        monkeypatch.setenv(variable(key), text)
    monkeypatch.setenv("NARRATE_ENGINES_OPENAI_BASE_URL", "http://127.0.0.1:8880/v1")
    monkeypatch.setenv("NARRATE_ENGINES_OPENAI_TIMEOUT_S", "5")
    monkeypatch.setenv("NARRATE_ENGINES_OPENAI_MODEL", "2")
    monkeypatch.setenv("NARRATE_SOMETHING_ELSE_ENTIRELY", "x")
    chosen = choose({})
    assert {key: chosen[key] for key in texts} == {key: value for key, (_, value) in texts.items()}
    assert chosen.table("engines.openai") == {"base_url": "http://127.0.0.1:8880/v1", "timeout_s": 5, "model": "2"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("engin = 'gtts'", "'engine'"),
        ("[gaps]\nchaptr = 1", "'gaps.chapter'"),
        ("chapter = 1", "'gaps.chapter'"),
        ("[gap]\nvoice = 1", "'gaps.voice'"),
        ("quite_other = 1", "known are"),
        ("[engines.opnai]\nmodel = 'x'", "'openai'"),
        ("[engines.openai]\nbase_ulr = 'x'", "'base_url'"),
        ("[engines.openai]\napi_key = 'x'", "no setting 'api_key'"),
        ("[engines.openai]\ntimeout_s = 'soon'", "a number"),
        ("engines.openai = 1", "no key 'engines.openai'"),
        ("[engines.gtts]\ntld = 5", "quotation marks"),
        ("gaps.chapter = 'long'", "from 0 to 10000"),
        ("gaps.chapter = true", "from 0 to 10000"),
        ("gaps.chapter = 1.5", "whole number"),
        ("loudness.target = nan", "from -30 to -10"),
        ("encoding.bitrate = 100", "one of auto, 64"),
        ("title = ''", "some text"),
        ("title = ['a']", "some text"),
        ("lexicon.files = 5", "a list of file names"),
        ("[voices]\nreporter = ':'", "ENGINE:"),
        ("[voices.reporter]\nname = 'x'", "some text"),
        ("= 3", "not TOML"),
        ("a = " + "[" * 5000, "not TOML"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, text: str, words: str) -> None:
    """An unknown key names the nearest known one, a wrong value says what to write; both name the file."""
    path = written(tmp_path / "show.toml", text)
    with pytest.raises(InputUnreadable) as caught:
        choose({}, show=tmp_path)
    assert words in caught.value.message
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NARRATE_ENGNE", "x", "NARRATE_ENGINE?"),
        ("NARRATE_GAP_CHAPTER", "1", "NARRATE_GAPS_CHAPTER?"),
        ("NARRATE_GAPS_CHAPTER", "long", "from 0 to 10000"),
        ("NARRATE_ENGINES_NOBODY_X", "1", "NARRATE_ENGINES_NAME_SETTING"),
        ("NARRATE_ENGINES_GTTS_TLDD", "de", "'tld'"),
    ],
)
def test_variables_are_checked_too(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    """A variable that looks like ours but is none, or holds no value of its key, is named with what to write."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InputUnreadable) as caught:
        choose({})
    assert name in caught.value.message
    assert words in caught.value.message


def test_files_named_in_a_file_stand_beside_it(tmp_path: Path) -> None:
    """Lexicons and cover are looked for beside the file that names them, with the scope kept."""
    path = written(tmp_path / "show" / "show.toml", "cover = 'c.png'\n[lexicon]\nfiles = ['a.tsv', 'espeak=b.tsv']\n")
    read = read_file(path)
    assert read["cover"] == str(path.parent / "c.png")
    assert read["lexicon.files"] == (str(path.parent / "a.tsv"), f"espeak={path.parent / 'b.tsv'}")


def test_words_are_kept_as_printed(tmp_path: Path) -> None:
    """Under `[lexicon.words]` any printed form stands, dots and spaces too."""
    text = "[lexicon.words]\n'z. B.' = 'zum Beispiel'\n'Max Tegmark' = 'Max Tägmark'\n"
    chosen = choose({}, show=written(tmp_path / "show.toml", text))
    assert chosen.table("lexicon.words") == {"z. B.": "zum Beispiel", "Max Tegmark": "Max Tägmark"}


def test_a_named_file_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A show without show.toml and a NARRATE_CONFIG that leads nowhere are told of; no user file at all is fine."""
    with pytest.raises(InputMissing, match=r"show\.toml"):
        choose({}, show=tmp_path)
    monkeypatch.setenv("NARRATE_CONFIG", str(tmp_path / "fehlt.toml"))
    with pytest.raises(InputMissing, match=r"fehlt\.toml"):
        choose({})


def test_a_show_is_its_folder_or_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A show may be named by its folder or its show.toml, or by NARRATE_SHOW."""
    assert show_folder(tmp_path / "show.toml") == show_folder(tmp_path) == tmp_path
    assert show_folder(None) is None
    monkeypatch.setenv("NARRATE_SHOW", str(tmp_path))
    assert show_folder(None) == tmp_path


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("gaps.chapter=2000", ("gaps.chapter", 2000)),
        ("engines.openai.voices=['a', 'b']", ("engines.openai.voices", ["a", "b"])),
        ("engines.openai.model=tts-1", ("engines.openai.model", "tts-1")),
        ("voices.Max Tegmark=de", ("voices.Max Tegmark", "de")),
        ("lexicon.words.E. U.=Europa", ("lexicon.words.E. U.", "Europa")),
    ],
)
def test_a_setting_is_read_from_the_command_line(text: str, pair: tuple[str, object]) -> None:
    """`KEY=VALUE` takes every key; text, numbers and TOML lists are told apart by what the key wants."""
    assert read_setting(text) == pair


@given(st.one_of(st.text(max_size=80), st.from_regex(r"\A[a-z.]{1,20}=[^\n]{0,20}\Z")))
def test_any_setting_is_read_or_refused(text: str) -> None:
    """Whatever stands after `--set` is a key with a value, or one sentence."""
    try:
        key, _ = read_setting(text)
    except NarrateError as error:
        assert error.message
    else:
        assert key in SETTINGS or key.startswith(("voices.", "engines.", "lexicon.words."))


@given(
    st.dictionaries(
        st.sampled_from(["gaps", "engines", "voices", "lexicon", "title", "emoji", "loudness", "x"]),
        st.recursive(
            st.one_of(st.integers(), st.text(max_size=9), st.booleans(), st.floats()),
            lambda inner: st.dictionaries(st.sampled_from(["a", "chapter", "openai", "words", "model"]), inner),
        ),
    )
)
def test_any_table_is_read_or_refused(table: dict[str, object]) -> None:
    """Whatever tables a file holds, they are read or refused with one sentence."""
    from narrate.settings.choosing import _flat
    from narrate.settings.values import read_value

    for key, value in _flat(table):
        try:
            read_value("f", key, value)
        except NarrateError as error:
            assert error.message.startswith("f: ")


def test_the_example_of_the_documentation_is_read() -> None:
    """The show.toml shown in docs/engines.md is TOML, and every key in it is one."""
    page = Path(__file__).parents[2] / "docs" / "engines.md"
    example = page.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    from narrate.settings.choosing import _flat
    from narrate.settings.values import read_value

    keys = [key for key, value in _flat(tomllib.loads(example)) if read_value("docs", key, value) is not None]
    assert "voices.reporter" in keys


@pytest.mark.parametrize(
    "text",
    [
        "[" + ".".join(["a"] * 20_000) + "]\n",
        "[gaps]\nchapter = 1" + "0" * 5000,
        "[engines.openai]\ntimeout_s = inf\n",
        "[engines.openai]\nfirst_wait_s = nan\n",
        '[voices]\nreporter = "espeak:\\u0007"\n',
    ],
)
def test_odd_files_are_sentences(tmp_path: Path, text: str) -> None:
    """Endless nesting, endless numbers and numbers that are none are refused in a short line."""
    (tmp_path / "show.toml").write_text(text, "utf-8")
    with pytest.raises(InputUnreadable) as raised:
        choose({}, None, tmp_path)
    assert len(raised.value.message) < 600
    assert "\n" not in raised.value.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_configuration(tmp_path: Path) -> None:
    """A named pipe that nobody writes to is refused, not waited for."""
    os.mkfifo(tmp_path / "show.toml")
    with pytest.raises(InputUnreadable, match="not a file"):
        choose({}, None, tmp_path)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 1e300, 10**400, -(10**24), True])
@pytest.mark.parametrize(
    ("setting", "span"),
    [
        ("openai.timeout_s", "0.1 to 3600"), ("openai.first_wait_s", "0 to 30"), ("openai.interval_s", "0 to 3600"),
        ("openai.parallel", "1 to 64"), ("openai.attempts", "1 to 20"), ("edge.interval_s", "0 to 3600"),
        ("gtts.attempts", "1 to 20"), ("pico.timeout_s", "0.1 to 3600"), ("mbrola.timeout_s", "0.1 to 3600"),
    ],
)  # fmt: skip
def test_numbers_of_engines_have_a_range(setting: str, span: str, value: float) -> None:
    """What no service can be asked by is refused with what may be written, in a file and on the command line."""
    for one, on_command_line in [(value, False), (str(value), True)]:
        with pytest.raises(InputUnreadable, match=span):
            read_value("here", f"engines.{setting}", one, on_command_line)


def test_the_defaults_of_engines_are_in_their_range() -> None:
    """Every default and the ends of every range may be written out."""
    for name in engine_names():
        maker = opening._maker(name)
        declared = getattr(maker, "settings_type", None) or maker
        defaults = {key: one.default for key, one in inspect.signature(declared).parameters.items()}
        for key, (least, most) in getattr(maker, "ranges", {}).items():
            for value in {defaults[key], least, most} - {None}:
                assert read_value("here", f"engines.{name}.{key}", value) == value


DEEP = ".".join(["a"] * 5000)


@pytest.mark.parametrize(
    "setting",
    [
        "gaps.chapter=0x" + "f" * 5000, f"engines.openai.voices=[{{{DEEP}=1}}]",
        "engines.openai.timeout_s=0x" + "f" * 5000, "engines.openai.parallel=1" + "0" * 5000,
        "engines.openai.extra=" + "[" * 5000, f"{DEEP}=1", f"engines.{'x' * 100_000}.a=1", "voices.reporter=" + "x" * 100_000,
    ],
)  # fmt: skip
def test_odd_settings_are_sentences(setting: str) -> None:
    """Whatever is written, it is refused in a line that ends."""
    with pytest.raises(InputUnreadable) as raised:
        read_setting(setting)
    assert len(raised.value.message) < 1200
    assert "\n" not in raised.value.message


def test_a_table_is_no_path() -> None:
    """A setting that is text or a path takes no table, however deep."""
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"a": deep}
    with pytest.raises(InputUnreadable, match="text in quotation marks"):
        read_value("here", "engines.espeak.library", deep)


@pytest.mark.parametrize("name", ["NARRATE_VOICES_MAX_TEGMARK", "NARRATE_LEXICON_WORDS_BABUSCHKIN"])
def test_a_variable_cannot_name_a_person(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can only be ignored is refused, with where to write it instead."""
    monkeypatch.setenv(name, "mbrola:de6")
    with pytest.raises(InputUnreadable, match="--set"):
        choose({})
