"""User models with as little in them as Django lets one have."""

from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, handle: str, password: str, **more: Any) -> "Person":
        person = self.model(handle=handle, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """No user name, e-mail address, full name or moment of the last sign-in, and it is always active."""

    last_login = None
    handle = models.CharField(max_length=50, unique=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = "handle"
    objects = PersonManager()


class Member(Person):
    """The same row by another name."""

    class Meta:
        proxy = True


class Employee(Person):
    """A row of its own beside that of the person."""

    desk = models.CharField(max_length=50)


class BareManager(models.Manager["Bare"]):
    def create_user(self, handle: str, password: str) -> "Bare":
        return self.create(handle=handle, password=make_password(password))

    def get_by_natural_key(self, handle: str) -> "Bare":
        return self.get(handle=handle)


class Bare(models.Model):
    """A model that is derived from nothing of `django.contrib.auth`."""

    handle = models.CharField(max_length=50, unique=True)
    password = models.CharField(max_length=128)

    USERNAME_FIELD = "handle"
    REQUIRED_FIELDS: list[str] = []
    is_anonymous = False
    is_authenticated = True
    objects = BareManager()

    def __str__(self) -> str:
        return self.handle

    def check_password(self, password: str) -> bool:
        return check_password(password, self.password)
