"""Every deliberate failure, with the exit code it ends a command with.

The numbers are those of BSD ``sysexits.h``. ``os.EX_*`` does not exist on
Windows, so they are written out here.
"""

from __future__ import annotations


class NarrateError(Exception):
    """A failure that is explained to the user in one sentence.

    Attributes:
        exit_code: What the command ends with.
        message: What happened and what to do about it.
    """

    exit_code = 70

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RenderWarning(UserWarning):
    """What a user should know about an episode that was rendered all the same."""


class WrongUse(NarrateError):
    """Two things that were asked for exclude each other."""

    exit_code = 2


class InputUnreadable(NarrateError):
    """The article cannot be read aloud: empty, binary, wrong encoding, too large."""

    exit_code = 65


class ManifestDamaged(InputUnreadable):
    """An episode's manifest cannot be used; rendering the episode again replaces it."""


class InputMissing(NarrateError):
    """There is no such article."""

    exit_code = 66


class EngineUnavailable(NarrateError):
    """An engine, program, model or key is missing; no text can be spoken."""

    exit_code = 69


class SynthesisError(NarrateError):
    """An engine could not speak this one text."""

    exit_code = 69


class ServiceBusy(NarrateError):
    """A speech service wants to be asked again later: a quota, too many requests."""

    exit_code = 75


class Overtaken(ServiceBusy):
    """Another run published the same article meanwhile; making it again may succeed."""


class SoundError(NarrateError):
    """Sound could not be encoded or measured."""

    exit_code = 70


class OutputRefused(NarrateError):
    """The output cannot be created where it was asked for."""

    exit_code = 73


class StorageError(NarrateError):
    """Reading or writing failed: disk full, device error."""

    exit_code = 74


class PermissionRefused(NarrateError):
    """The operating system does not let us read or write here."""

    exit_code = 77
