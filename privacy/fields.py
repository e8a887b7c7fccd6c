"""A model field for personal text: sealed in the database, `Sensitive` in Python, opened only when read."""

from __future__ import annotations

from typing import Any

from django.db import models

from privacy.sealing import Sealed, seal, unseal
from privacy.sensitive import Sensitive


class CannotLookUp(TypeError):
    """Sealed values differ each time: look up by the keyed hash beside the field instead."""


class _SealedAttribute:
    """Opens the value when it is first read, because only then the row's key is known."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if not isinstance(value, Sealed):
            return value
        return Sensitive(unseal(value, self.field.place(instance.pk)))

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, str):
            value = Sensitive(value)
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.Field):  # type: ignore[type-arg]  # stubs want get/set types; the descriptor gives them
    """Text sealed with AES-256-GCM and bound to `table.column:pk`; the model needs a key known before saving.

    Reading gives `Sensitive` or None; `values()` gives `Sealed` bytes, to be opened with `reveal`. Only `isnull`
    look-ups are possible. Rows that move to another table, key and all, stay bound to the one they began in, which
    that table's field names as `sealed_in`.
    """

    description = "Encrypted text"

    def __init__(self, *args: Any, sealed_in: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sealed_in = sealed_in

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({"sealed_in": self.sealed_in} if self.sealed_in else {})

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _SealedAttribute(self))

    def db_type(self, connection: Any) -> str:
        return "bytea"

    def place(self, pk: object) -> str:
        """What the seal is bound to; TypeError for a row without a key, whose seal could never be opened again."""
        if pk is None:
            raise TypeError(f"{self.model.__name__} needs its key before {self.name} is sealed: use a UUID key.")
        return f"{self.sealed_in or self.model._meta.db_table}.{self.column}:{pk}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sensitive):
            return seal(value.reveal(), self.place(model_instance.pk))
        return value  # None, or Sealed and unchanged

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Sealed):
            return value
        raise CannotLookUp(f"{self.name} is sealed: save it through an instance, look it up by its hash.")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise CannotLookUp(f"{self.name} is sealed: it has no {lookup_name} look-up.")
        return super().get_lookup(lookup_name)


def reveal(model: type[models.Model], name: str, pk: object, sealed: bytes | None) -> Sensitive | None:
    """Open a value that came from `values()` or raw SQL, for the row with key `pk`."""
    if sealed is None:
        return None
    field = model._meta.get_field(name)
    if not isinstance(field, EncryptedTextField):
        raise CannotLookUp(f"{name} is not a sealed field.")
    return Sensitive(unseal(sealed, field.place(pk)))
