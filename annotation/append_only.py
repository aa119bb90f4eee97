"""Rows that are written once: neither `save`, `update` nor `delete` touches one that is there.

The database refuses it too, by a trigger (migration `label_versions_never_change`); this gives the mistake a name
before it gets that far.
"""

from typing import Any, NoReturn, Self, TypeVar

from django.db import models


class WrittenOnce(TypeError):
    """Code tried to change or delete a row that is written once: a programming error."""


ROW = TypeVar("ROW", bound=models.Model)


class AppendOnlyQuerySet(models.QuerySet[ROW]):
    """Adds rows and reads them."""

    def update(self, **fields: Any) -> NoReturn:
        raise WrittenOnce(f"A {self.model._meta.verbose_name} is never changed; make a new one with its parent.")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        self.update()

    def delete(self) -> NoReturn:
        raise WrittenOnce(f"A {self.model._meta.verbose_name} is never deleted.")


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self: Self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise WrittenOnce(f"A {self._meta.verbose_name} is never changed; make a new one with its parent.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise WrittenOnce(f"A {self._meta.verbose_name} is never deleted.")
