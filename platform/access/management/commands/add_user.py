"""`manage.py add_user NAME`: make an account; the password comes from standard input."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.models import User
from access.services import event_record


class Command(BaseCommand):
    help = "Make a user account. The password is read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--full-name", default="", help="what others see; the user name unless given")
        parser.add_argument("--email", default="")
        parser.add_argument("--administrator", action="store_true", help="may use the administration pages")

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        first, _, last = options["full_name"].partition(" ")
        user = User(
            username=options["username"],
            first_name=first,
            last_name=last,
            email=options["email"],
            is_staff=options["administrator"],
            is_superuser=options["administrator"],
        )
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        with transaction.atomic():
            user.save()
            event_record(study=None, actor=None, verb="user.created", subject=user)
        self.stdout.write(f"Made the account '{user.username}'.")
