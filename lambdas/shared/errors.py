"""The functions' named errors: the class name is what the state machine's Retry and Catch match."""

from __future__ import annotations


class ValidationError(Exception):
    """The uploaded object cannot be fetched. What is wrong inside a file is an answer, not an error."""


class UserNotFoundError(Exception):
    """The row's user is not in the table users."""


class InvalidRecordError(Exception):
    """A value of the row cannot be used; the message quotes it."""


class DatabaseError(Exception):
    """PostgreSQL or DynamoDB did not do its part, and may do it when asked again."""


class MigrationError(Exception):
    """A migration could not be applied; the message names the file and the statement."""


class UsersFileError(Exception):
    """A users file cannot be loaded; the message lists its lines. Nothing of it was loaded."""


class BadQuestionError(Exception):
    """The user reader was asked something that it does not answer; the message names the field."""


class UsersListError(Exception):
    """A request names no users, too many, or something that is not a user ID."""


class UnknownActionError(Exception):
    """The migrator was asked for something that it does not do."""
