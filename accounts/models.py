"""Who is asking, for which organisation, and the trail of what was done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower

from accounts.roles import ROLE_NAMES, Role
from accounts.tenancy import OwnedModel


class UserManager(BaseUserManager["User"]):
    """Users are known by e-mail."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by e-mail, whatever the case."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user; without a password the account cannot sign in yet."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False, help_text="Account with the published sample password.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Give two letters for the round mark in the top bar."""
        words = (self.name or self.email.split("@")[0]).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper() or "?"


class Organisation(models.Model):
    """A legal department; owns everything below it."""

    name = models.CharField(max_length=160)
    slug = models.SlugField(max_length=60, unique=True)
    currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=60, default="America/New_York")
    head_office = models.CharField(max_length=160, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """The role of one person in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=list(ROLE_NAMES.items()))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class AuditEvent(OwnedModel):
    """One thing that was done; never changed or removed afterwards (the database refuses it)."""

    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=200)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    is_counsel_only = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-at"], name="audit_latest"),
            models.Index(fields=["organisation", "object_type", "object_id"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_label}"
